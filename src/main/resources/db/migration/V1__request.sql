-- The ledger: one row for each request that was answered.
create table request (
    id                 text collate "C" primary key,
    time               timestamptz not null,
    model              text,
    provider           text,
    deployment         text,
    key_id             text,
    key_name           text,
    team               text,
    user_name          text,
    tags               jsonb       not null,
    strategy           text        not null,
    stream             boolean     not null,
    cache              text        not null,
    status             integer     not null,
    error              text,
    estimated          boolean     not null,
    input_tokens       bigint      not null,
    output_tokens      bigint      not null,
    cached_tokens      bigint      not null,
    cache_write_tokens bigint      not null,
    reasoning_tokens   bigint      not null,
    cost_usd           numeric,
    latency_ms         double precision,
    first_token_ms     double precision,
    price_input        numeric,
    price_output       numeric,
    price_cached_input numeric,
    price_cache_write  numeric,
    attempts           jsonb       not null
);

create index request_newest on request (time desc, id desc);
