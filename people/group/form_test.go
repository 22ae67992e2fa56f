package group

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"withus.example/platform/i18n"
	"withus.example/platform/ui"
)

// A form that is sent back as it came changes nothing, in whatever language it
// was read: not the order of what was chosen, and neither of two languages that
// bear one name.
func TestFormSentBackAsItCame(t *testing.T) {
	langs, err := i18n.Load([]string{"en", "es", "fr", "ar"}, i18n.Ground, ui.Ground, locale)
	if err != nil {
		t.Fatal(err)
	}
	var written []Group
	if err := json.Unmarshal(demoGroups, &written); err != nil {
		t.Fatal(err)
	}
	v := newVocabulary(nil)
	for _, g := range written {
		if err := g.Validate(v, time.Now()); err != nil {
			t.Fatal(err)
		}
		for _, l := range langs.Langs {
			c, p := readChange(&ui.Form{Values: g.form(l)}, &g, l, langs)
			if err := p.Err(); err != nil {
				t.Errorf("%s in %s: %v", g.Name, l.Code, err)
				continue
			}
			if err := c.Details.Validate(v, time.Now()); err != nil || !reflect.DeepEqual(c.Details, g.Details) {
				t.Errorf("%s in %s: %v\n%+v\nwas\n%+v", g.Name, l.Code, err, c.Details, g.Details)
			}
		}
	}
}
