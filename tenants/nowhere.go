package tenants

import (
	"context"
	"database/sql/driver"
)

// closedDoor is the connector of a scope without a tenant: it never connects.
type closedDoor struct{}

// Connect always fails.
func (closedDoor) Connect(context.Context) (driver.Conn, error) { return nil, errNowhere }

// Driver is the door itself.
func (d closedDoor) Driver() driver.Driver { return d }

// Open always fails.
func (closedDoor) Open(string) (driver.Conn, error) { return nil, errNowhere }
