-- New percentages are checked from now on, the old ones at a quiet time.

set lock_timeout = '2s';

alter domain percentage add constraint percentage_positive check (value > 0) not valid;
