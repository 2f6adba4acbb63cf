-- +goose Up
-- What each organization needs and offers, and which partner it wishes for. Others in the network read it while it is in the pool.
CREATE TABLE matching_cards (
    organization_id uuid PRIMARY KEY REFERENCES organizations (id),
    -- Topics of capacity, what matters most first.
    needs           text[] NOT NULL DEFAULT '{}' CHECK (cardinality(needs) <= 3 AND needs <@ ARRAY['governance', 'strategy', 'people', 'volunteers', 'finance', 'fundraising', 'program', 'communication', 'networks', 'advocacy', 'inclusion', 'digital']),
    offers          text[] NOT NULL DEFAULT '{}' CHECK (cardinality(offers) <= 5 AND offers <@ ARRAY['governance', 'strategy', 'people', 'volunteers', 'finance', 'fundraising', 'program', 'communication', 'networks', 'advocacy', 'inclusion', 'digital']),
    languages       text[] NOT NULL DEFAULT '{}' CHECK (array_to_string(languages, ',') ~ '^([a-z]{2}(,[a-z]{2})*)?$'),
    -- Of the wished partner; empty: any.
    countries       text[] NOT NULL DEFAULT '{}' CHECK (array_to_string(countries, ',') ~ '^([A-Z]{2}(,[A-Z]{2})*)?$'),
    kinds           text[] NOT NULL DEFAULT '{}' CHECK (kinds <@ ARRAY['association', 'foundation', 'cooperative', 'social_enterprise', 'union', 'initiative', 'local_authority', 'other']),
    sizes           text[] NOT NULL DEFAULT '{}' CHECK (sizes <@ ARRAY['small', 'medium', 'large']),
    relation        text NOT NULL DEFAULT 'either' CHECK (relation IN ('new', 'existing', 'either')),
    green           boolean NOT NULL DEFAULT false, -- that it can be reached without flying matters
    wished          text NOT NULL DEFAULT '',
    about           text NOT NULL DEFAULT '',
    available_from  date,
    available_until date,
    hosts           integer NOT NULL DEFAULT 0 CHECK (hosts BETWEEN 0 AND 100), -- people at once
    in_pool         boolean NOT NULL DEFAULT false,
    version         bigint NOT NULL DEFAULT 1,
    updated_at      timestamptz NOT NULL,
    updated_by      uuid,
    CHECK (available_from <= available_until),
    CHECK (NOT in_pool OR (cardinality(needs) > 0 AND cardinality(offers) > 0 AND cardinality(languages) > 0))
);

CREATE INDEX matching_cards_pool ON matching_cards (organization_id) WHERE in_pool;

-- Whom an organization wishes for. Only its own people know.
CREATE TABLE matching_wishes (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    rank            integer NOT NULL CHECK (rank BETWEEN 1 AND 5),
    wished_id       uuid NOT NULL REFERENCES organizations (id),
    PRIMARY KEY (organization_id, wished_id),
    UNIQUE (organization_id, rank) DEFERRABLE INITIALLY DEFERRED,
    CHECK (organization_id <> wished_id)
);

-- Whom it rules out. Only its own people know, and only they read why.
CREATE TABLE matching_vetoes (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    vetoed_id       uuid NOT NULL REFERENCES organizations (id),
    reason          text NOT NULL DEFAULT '',
    at              timestamptz NOT NULL,
    PRIMARY KEY (organization_id, vetoed_id),
    CHECK (organization_id <> vetoed_id)
);

-- +goose Down
DROP TABLE matching_vetoes;
DROP TABLE matching_wishes;
DROP TABLE matching_cards;
