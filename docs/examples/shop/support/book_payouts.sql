-- Books the bank's lines, and shows what is left to do.

insert into support.ledger (entry_id, reference, net, gross, created_at)
select line_id, reference, gross, net, created_at
from support.bank_lines
on conflict (entry_id) do nothing;

select reference, net, gros from support.ledger where reference = 4711;

select b.line_id, (select l.net from support.ledger l where l.reference = b.reference) as booked
from support.bank_lines b;

select line_id, reference, gross from support.bank_lines
union all
select entry_id, reference from support.ledgr;

select date(created_at) as created_at, sum(net) as net
from support.ledger
group by created_at;
