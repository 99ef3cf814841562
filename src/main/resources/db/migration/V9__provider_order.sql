-- What operators ordered of providers: who is taken out, and who fails on purpose.
create table provider_order (
    kind     text collate "C" not null,
    provider text collate "C" not null,
    details  json             not null,
    primary key (kind, provider)
);

-- What replicas look at to find out whether there is anything new. One row, so that changes follow one another.
create table provider_order_revision (
    only_one boolean primary key default true check (only_one),
    revision bigint  not null
);

insert into provider_order_revision (revision) values (0);

create function count_provider_order_revision() returns trigger language plpgsql as $$
begin
    update provider_order_revision set revision = revision + 1;
    return null;
end
$$;

create trigger provider_order_changed after insert or update or delete or truncate on provider_order
    for each statement execute function count_provider_order_revision();

-- A provider that is made anew under the name of one that was deleted has nothing to do with it.
create function forget_provider_orders() returns trigger language plpgsql as $$
begin
    delete from provider_order where provider = old.name;
    return null;
end
$$;

create trigger definition_deleted after delete on definition
    for each row when (old.type = 'PROVIDER') execute function forget_provider_orders();
