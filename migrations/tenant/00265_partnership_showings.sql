-- +goose Up
-- How a partnership lets itself be shown to the public. Each organization says yes to one version of it.
CREATE TABLE partnership_showings (
    partnership_id uuid PRIMARY KEY REFERENCES partnerships (id),
    -- Stands in for the title and all names; empty: they are shown.
    pseudonym      text NOT NULL DEFAULT '',
    about          jsonb NOT NULL DEFAULT '{}',
    shown_from     timestamptz NOT NULL,
    version        bigint NOT NULL DEFAULT 1
);

CREATE TABLE partnership_consents (
    partnership_id  uuid NOT NULL REFERENCES partnership_showings (partnership_id),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    version         bigint NOT NULL,
    at              timestamptz NOT NULL,
    by              uuid NOT NULL,
    PRIMARY KEY (partnership_id, organization_id)
);

-- +goose Down
DROP TABLE partnership_consents;
DROP TABLE partnership_showings;
