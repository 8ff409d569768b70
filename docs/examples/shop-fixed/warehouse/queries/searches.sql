-- What people look for in the period, what they do not find, and how often they search.
select words, count(*) as searches
from sales.searches
where searched_on >= @from_date and searched_on < @to_date
group by words
order by searches desc
limit 50;

select words, count(*) as searches
from sales.searches
where searched_on >= @from_date and searched_on < @to_date and hits = 0
group by words
order by searches desc
limit 50;

select searched_on, count(*) as searches
from sales.searches
where searched_on >= @from_date and searched_on < @to_date
group by searched_on
order by searched_on;
