package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

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

// wiped waits until nothing of the room is left in any table, nor in the store: opening the call has it wiped by a job.
func (p *preparing) wiped(t *testing.T, room tenants.Tenant) {
	t.Helper()
	var left []string
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); <-tick.C {
		if _, there, err := p.app.tenants.Rehearsal(t.Context(), p.network.ID, p.call); err != nil || there {
			left = []string{fmt.Sprintf("the room itself, %v", err)}
			continue
		}
		left = holding(t.Context(), t, p.running, room.ID.String(), room.Slug, room.InventedDomain(), room.Schema)
		if n := p.keptOf(t.Context(), t, room); n > 0 {
			left = append(left, strconv.Itoa(n)+" documents")
		}
		if len(left) == 0 {
			return
		}
	}
	t.Errorf("left of the rehearsal: %s", strings.Join(left, "; "))
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
