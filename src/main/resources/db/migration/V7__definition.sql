-- Providers and models that came over the admin API.
create table definition (
    type     text        not null check (type in ('PROVIDER', 'MODEL')),
    name     text        not null,
    position bigint      not null generated always as identity, -- the order in which they were first put
    changed  timestamptz not null default now(),
    keys     json        not null,                               -- as in a configuration file, without secrets
    sealed   text,                                               -- the secrets, encrypted
    primary key (type, name)
);

-- One row: grows with every change, so that replicas see at a glance whether there is anything new.
create table definition_version (
    only_one boolean primary key default true check (only_one),
    version  bigint  not null
);

insert into definition_version (version) values (0);
