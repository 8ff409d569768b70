-- Which customers write from this mail provider?
select
    c.customer_id,
    c.email,
    c.signed_up_at
from customers as c
where c.email_domain = 'post.example'
order by c.signed_up_at desc
limit 100;
