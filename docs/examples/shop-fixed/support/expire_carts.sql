-- Run on the first of the month, after the reminder mails went out. Parameter: cutoff.
update carts
set status = 'expired', updated_at = now()
where status = 'open'
  and updated_at < :cutoff;
