package main

import (
	"testing"

	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// speaks gives the network its own word for a partnership in each language; the forms that were left open are filled in and
// looked at before they are saved.
func (p *preparing) speaks(t *testing.T) {
	t.Helper()
	v := p.ipek
	v.Go(p.address("ihlamurlar", "/settings/terms"))
	v.Fill("partnership_en_one", "tandem")
	v.Fill("partnership_tr_one", "ikili")
	v.Fill("partnership_de_one", "Tandem")
	v.Choose("partnership_de_gender", "n")
	v.Press("Save words")
	v.Sees("filled in the missing forms", "Stand des Tandems")
	v.Accessible("program-terms")
	v.Press("Save words")
	v.Sees("The words are saved")
	v.Go(p.address("ihlamurlar", "/partnerships"))
	v.Sees("Tandems")
}

// rehearses tries the call with forty invented applicants, as the one who checks and as the one who applies. The room is left
// as it is: opening the call wipes it.
func (p *preparing) rehearses(t *testing.T) tenants.Tenant {
	t.Helper()
	v := p.ipek
	v.Go(p.at + "/rehearsal")
	v.Fill("count", "40")
	v.Press("Make the test room")
	room := p.filled(t)
	v.Go(p.at + "/rehearsal")
	v.Press("Test program officer")
	v.Go(p.address(room.Slug, "/applications"))
	v.Sees("everything here is invented", "36")
	v.Go(p.at + "/rehearsal")
	v.Press("Test applicant")
	v.Sees("everything here is invented")
	v.Accessible("program-rehearsal")
	return room
}

// wiped: nothing of the room is left in any table, nor in the store.
func (p *preparing) wiped(t *testing.T, room tenants.Tenant) {
	t.Helper()
	for _, left := range holding(t.Context(), t, p.running, room.ID.String(), room.Slug, room.InventedDomain(), room.Schema) {
		t.Errorf("left of the rehearsal: %s", left)
	}
	if n := p.keptOf(t.Context(), t, room); n > 0 {
		t.Errorf("%d documents of the rehearsal are left", n)
	}
}

// visited: who reads the call where clocks show something else is told the deadline by these clocks, too.
func (p *preparing) visited(t *testing.T) {
	t.Helper()
	for zone, told := range map[string]bool{"America/New_York": true, "Europe/Istanbul": false, "Asia/Riyadh": false} { // Riyadh's clocks are Istanbul's
		v := uitest.Visit(t, uitest.Look{Language: "en", Zone: zone})
		v.Go(p.address("ihlamurlar", "/calls/"+p.call.String()))
		v.Sees("Apply")
		if got := v.Has("time + .k-own-time"); got != told {
			t.Errorf("%s: its own time is shown: %t", zone, got)
		}
	}
}
