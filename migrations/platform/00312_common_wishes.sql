-- +goose Up
-- Whom organizations wish for in other networks, by cards, the dearest first; and with whom they are never put together. It goes with the
-- card of either side. Only an organization's own people read it, and the core's rounds: these get of a veto that two cannot be together.
CREATE TABLE common_wishes (
    card_id   uuid NOT NULL REFERENCES common_cards (id) ON DELETE CASCADE,
    wished_id uuid NOT NULL REFERENCES common_cards (id) ON DELETE CASCADE,
    rank      smallint NOT NULL CHECK (rank BETWEEN 1 AND 5),
    PRIMARY KEY (card_id, wished_id),
    UNIQUE (card_id, rank),
    CHECK (card_id <> wished_id)
);

CREATE INDEX common_wishes_by_wished ON common_wishes (wished_id);

CREATE TABLE common_vetoes (
    card_id   uuid NOT NULL REFERENCES common_cards (id) ON DELETE CASCADE,
    vetoed_id uuid NOT NULL REFERENCES common_cards (id) ON DELETE CASCADE,
    PRIMARY KEY (card_id, vetoed_id),
    CHECK (card_id <> vetoed_id)
);

CREATE INDEX common_vetoes_by_vetoed ON common_vetoes (vetoed_id);

-- +goose Down
DROP TABLE common_vetoes;
DROP TABLE common_wishes;
