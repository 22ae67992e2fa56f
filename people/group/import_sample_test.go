package group

import (
	"os"
	"strings"
	"testing"
)

const (
	sample        = "../../../shared/data/uk_charities_mental_health_sample.csv"
	sampleMapping = "../../docs/import/uk-charity-register.json"
)

func openTest(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if os.IsNotExist(err) && path == sample {
		t.Skip("the register's list is not here (" + sample + "): it is no part of the project")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func importSample(t *testing.T, s *Service, dry bool) *Report {
	t.Helper()
	r, err := s.Import(t.Context(), openTest(t, sample), ImportOptions{Mapping: openTest(t, sampleMapping), DryRun: dry}, nil)
	if err != nil {
		t.Fatal(err)
	}
	accounted(t, r)
	return r
}

// A register's real list, through the mapping the documentation offers.
func TestImportRegister(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		dry := importSample(t, s, true)
		first := importSample(t, s, false)
		t.Log(first)
		dry.DryRun = false
		if dry.String() != first.String() {
			t.Errorf("the dry run said\n%s", dry)
		}
		if first.Rows != 174 || sums(first) != "173 0 1 0 0" {
			t.Fatal(first)
		}
		// One group is there twice, and two give a street for a website.
		if r := first.Repeated; len(r) != 1 || r[0].Name != "Manchester Carers Forum" || r[0].Line != 42 || r[0].Text != "as line 41" {
			t.Error(r)
		}
		if r := first.LeftOut; len(r) != 2 || !strings.Contains(r[0].Text, "website") || !strings.Contains(r[1].Text, "website") {
			t.Error(r)
		}
		n := 0
		err := each(t.Context(), s.everything, func(g *Group) error {
			n++
			if g.Published || g.Country != "GB" || g.Form != "charity" || len(g.Registers) == 0 || len(g.Area) > 4 || g.Since == 0 {
				t.Errorf("%+v", g)
			}
			return nil
		})
		if err != nil || n != 173 {
			t.Error(n, err)
		}
		g := one(t, s, "Handsworth Community Care Centre")
		if g.About != "THIS CHARITY WAS WOUND UP ON 31ST MARCH 2005" || g.Since != 1991 || g.Area != "" || g.Registers[0] != (Register{"GB-CHC", "1002669"}) {
			t.Errorf("wound up, and a row like any other: %+v", g)
		}
		for name, want := range map[string]string{
			"Cardiff Mind Ltd":                         "GB-CHC 1020633; GB-COH 02803045",
			"Glenada Ywca/Ymca Ltd":                    "GB-NIC 106102; GB-COH NI025440",
			"The British Occupational Hygiene Society": "GB-CHC 1150455; GB-COH RC000858",
			"Martyn's Monday Club (SCIO)":              "GB-SC SC050100",
		} {
			if got := getRegisters(one(t, s, name)); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		before := exported(t, s)
		if again := importSample(t, s, false); sums(again) != "0 0 174 0 0" || exported(t, s) != before {
			t.Errorf("once more: %s", again)
		}
	})
}
