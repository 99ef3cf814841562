-- Who could have answered a request, and who could not; null where that was not kept, or where it did not come to that.
alter table request
    add column candidates jsonb,
    add column excluded   jsonb;
