-- Virtual keys and teams that no file holds. Of a secret there is the SHA-256 alone, in hexadecimal.
create table virtual_key (
    id         text collate "C" primary key,
    name       text collate "C" not null unique,
    digest     text collate "C" not null unique,
    fields     jsonb            not null,
    version    bigint           not null,
    created_at timestamptz      not null,
    updated_at timestamptz      not null
);

create table team (
    name       text collate "C" primary key,
    fields     jsonb       not null,
    version    bigint      not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

-- What replicas look at to find out whether there is anything new. One row, so that changes follow one another.
create table key_revision (
    id       integer primary key check (id = 1),
    revision bigint not null
);

insert into key_revision (id, revision) values (1, 0);

create function count_key_revision() returns trigger language plpgsql as $$
begin
    update key_revision set revision = revision + 1;
    return null;
end
$$;

create trigger virtual_key_changed after insert or update or delete or truncate on virtual_key
    for each statement execute function count_key_revision();

create trigger team_changed after insert or update or delete or truncate on team
    for each statement execute function count_key_revision();
