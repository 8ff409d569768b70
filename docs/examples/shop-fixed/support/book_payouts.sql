-- Books the bank's lines, and shows what is left to do.

insert into support.ledger (entry_id, reference, net, gross, created_at)
select line_id, reference, net, gross, created_at
from support.bank_lines
on conflict (entry_id) do nothing;

select reference, net, gross from support.ledger where reference = '4711';

select b.line_id, l.booked
from support.bank_lines b
left join (select reference, sum(net) as booked from support.ledger group by reference) l on l.reference = b.reference;

select line_id, reference, gross from support.bank_lines
union all
select entry_id, reference, gross from support.ledger;

select date(created_at) as booked_on, sum(net) as net
from support.ledger
group by date(created_at);
