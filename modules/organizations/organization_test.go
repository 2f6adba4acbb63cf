package organizations

import (
	"testing"
)

func TestRegistryNumbers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		registry, number string
		want             string // the key of the refusal; empty: accepted
	}{
		{"TR-VKN", "1234567890", ""},
		{"TR-VKN", "1234567891", "organizations.registry_check"},
		{"TR-VKN", "123456789", "organizations.registry_form"},
		{"TR-MOI", "34-123-045", ""},
		{"TR-MOI", "34123045", "organizations.registry_form"},
		{"DE-CR", "Amtsgericht Charlottenburg VR 12345 B", ""},
		{"DE-CR", "<script>", "organizations.registry_form"},
		{"BG-EIK", "175133827", ""},
		{"BG-EIK", "175133828", "organizations.registry_check"},
		{"BG-EIK", "000694286", ""},
		{"CZ-ICO", "25596641", ""},
		{"CZ-ICO", "25596642", "organizations.registry_check"},
		{"FR-INSEE", "732829320", ""},
		{"FR-INSEE", "732829321", "organizations.registry_check"},
		{"RO-CUI", "18547290", ""},
		{"RO-CUI", "18547291", "organizations.registry_check"},
		{"EU-OID", "E10012345", ""},
		{"EU-OID", "10012345", "organizations.registry_form"},
		{"EU-PIC", "912345678", ""},
		{"", "1", "fault.choose"},
		{"TR-VKN", "", "fault.required"},
		{"MARS", "1", "fault.choose"},
	} {
		bad := Organization{Registry: tt.registry, RegistryNumber: tt.number}.checkRegistry()
		got := ""
		if len(bad) > 0 {
			got = bad[0].Key
		}
		if got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.registry, tt.number, got, tt.want)
		}
	}
}

// TestCheckDigitsCatchOneWrongDigit holds each check digit to what it is for.
func TestCheckDigitsCatchOneWrongDigit(t *testing.T) {
	t.Parallel()
	for registryCode, number := range map[string]string{"TR-VKN": "1234567890", "CZ-ICO": "25596641", "FR-INSEE": "732829320", "RO-CUI": "18547290"} {
		check := registries[registryCode].check
		caught, tried := 0, 0
		for i := range number {
			for d := byte('0'); d <= '9'; d++ {
				if number[i] == d {
					continue
				}
				tried++
				if !check(number[:i] + string(d) + number[i+1:]) {
					caught++
				}
			}
		}
		if caught*100 < tried*90 {
			t.Errorf("%s catches %d of %d wrong digits", registryCode, caught, tried)
		}
	}
}

func TestProfileRules(t *testing.T) {
	t.Parallel()
	good := Organization{Name: "Kadın Dayanışma Evi", Form: Association, Country: "TR", City: "Muğla", Website: "https://example.org", Founded: 1999, Fields: []string{"gender"}, Languages: []string{"tr"}, Staff: "1-5", Budget: "0-10k"}
	if bad := good.check(2026); len(bad) != 0 {
		t.Fatalf("a good profile was refused: %v", bad)
	}
	for field, spoil := range map[string]func(*Organization){
		"name":      func(o *Organization) { o.Name = "" },
		"form":      func(o *Organization) { o.Form = "empire" },
		"country":   func(o *Organization) { o.Country = "tr" },
		"city":      func(o *Organization) { o.City = "" },
		"founded":   func(o *Organization) { o.Founded = 2027 },
		"website":   func(o *Organization) { o.Website = "javascript:alert(1)" },
		"fields":    func(o *Organization) { o.Fields = []string{"gender", "war"} },
		"languages": func(o *Organization) { o.Languages = []string{"tlh"} },
		"staff":     func(o *Organization) { o.Staff = "many" },
		"budget":    func(o *Organization) { o.Budget = "rich" },
	} {
		o := good
		spoil(&o)
		if bad := o.check(2026); len(bad) != 1 || bad[0].Name != field {
			t.Errorf("%s: got %v", field, bad)
		}
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{"1234567890": "••••••••90", "12": "••", "": ""} {
		if got := Masked(number); got != want {
			t.Errorf("%q: got %q, want %q", number, got, want)
		}
	}
}
