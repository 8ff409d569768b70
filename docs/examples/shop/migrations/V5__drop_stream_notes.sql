-- What the shop before this one left behind.

drop table stream_notes cascade;
drop schema teahouse cascade;
