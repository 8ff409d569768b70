-- Run on the first of the month, after the reminder mails went out.
update carts
set status = 'expired', updated_at = now();
