drop table stream_notes cascade;
drop schema teahouse cascade;
