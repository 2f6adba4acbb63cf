-- +goose Up
-- That the network lets its organizations show their cards to other networks; without a row it does not.
CREATE TABLE matching_participation (
    once  boolean PRIMARY KEY DEFAULT true CHECK (once),
    since timestamptz NOT NULL,
    by    uuid
);

-- The organizations that show theirs. They have said so themselves, while the network takes part; when it ends that, so does this.
CREATE TABLE matching_sharings (
    organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    since           timestamptz NOT NULL,
    by              uuid
);

-- In the core's schema: which networks have taken part, from when and until when.
CREATE TABLE matching_networks (
    network_id uuid NOT NULL,
    since      timestamptz NOT NULL,
    until      timestamptz CHECK (until >= since),
    PRIMARY KEY (network_id, since)
);

-- +goose Down
DROP TABLE matching_networks;
DROP TABLE matching_sharings;
DROP TABLE matching_participation;
