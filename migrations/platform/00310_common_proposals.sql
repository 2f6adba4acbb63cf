-- +goose Up
-- What the core proposes to organizations of several networks, and what they answer: what each of them may see stands here, and is
-- shown to nobody else. A card is named by the identifier of its copy, which ends with the consent.
CREATE TABLE common_proposals (
    id       uuid PRIMARY KEY,
    core_id  uuid NOT NULL,
    round_id uuid NOT NULL,
    run_id   uuid NOT NULL,
    cards    uuid[] NOT NULL CHECK (cardinality(cards) BETWEEN 2 AND 4), -- by seat
    state    text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'accepted', 'declined', 'lapsed', 'withdrawn', 'left')),
    note     text NOT NULL DEFAULT '', -- of the core team to all of them
    sent_at  timestamptz NOT NULL,
    sent_by  uuid,
    due_at   timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK ((state = 'sent') = (ended_at IS NULL)),
    CHECK (due_at > sent_at)
);

CREATE INDEX common_proposals_by_round ON common_proposals (round_id, sent_at);

CREATE TABLE common_parties (
    proposal_id     uuid NOT NULL REFERENCES common_proposals (id) ON DELETE CASCADE,
    card_id         uuid NOT NULL,
    tenant_id       uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    organization_id uuid NOT NULL,
    name            text NOT NULL CHECK (name <> ''), -- as the card had it
    accepts         boolean,
    reason          text NOT NULL DEFAULT '', -- to the core team
    answered_at     timestamptz,
    contact         text NOT NULL DEFAULT '', -- what it has agreed to show to the others once all have accepted
    email           text NOT NULL DEFAULT '',
    PRIMARY KEY (proposal_id, card_id),
    CHECK ((accepts IS NULL) = (answered_at IS NULL)),
    CHECK (accepts OR contact = '' AND email = '')
);

CREATE INDEX common_parties_by_organization ON common_parties (tenant_id, organization_id);

-- +goose Down
DROP TABLE common_parties;
DROP TABLE common_proposals;
