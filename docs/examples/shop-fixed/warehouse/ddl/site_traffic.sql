create table if not exists sales.page_views (
  view_id string not null options (description = 'Of the browser''s own making.'),
  page string not null options (description = 'Path of the page.'),
  viewed_at timestamp not null options (description = 'When the page was opened.')
)
partition by date(viewed_at)
options (description = 'One row a page that somebody opened.', require_partition_filter = true);

create table if not exists sales.searches (
  search_id string not null options (description = 'Of the browser''s own making.'),
  words string not null options (description = 'As they were typed.'),
  hits int64 not null options (description = 'Products that were shown.'),
  searched_on date not null options (description = 'Day of the search.'),
  loaded_on date not null options (description = 'Day of the load.')
)
partition by searched_on
options (description = 'One row a search in the shop.', require_partition_filter = true);
