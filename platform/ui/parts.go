package ui

import (
	"fmt"
	"net/url"

	"withus.example/platform/fault"
)

// pair is a colour that stands on another, and how much contrast it needs.
type pair struct {
	on, under string
	least     float64
}

// pairs are all that the CSS puts on one another. The page of parts shows them,
// and a test measures them for any theme.
var pairs = []pair{
	{"ink", "paper", small}, {"ink", "card", small}, {"soft", "paper", small}, {"soft", "card", small},
	{"plum", "paper", small}, {"plum", "card", small}, {"on-plum", "plum", small}, {"on-plum", "plum-deep", small},
	{"plum-deep", "plum-tint", small}, {"ink", "plum-tint", small}, {"on-hero", "hero", small},
	{"on-marigold", "marigold", small}, {"marigold", "hero", edge}, {"amber", "marigold-tint", small},
	{"ink", "marigold-tint", small},
	{"leaf", "leaf-tint", small}, {"ink", "leaf-tint", small}, {"leaf", "paper", edge},
	{"coral", "coral-tint", small}, {"coral", "paper", small}, {"coral", "card", small},
	{"on-coral", "coral", small}, {"on-coral", "coral-deep", small},
	{"ink", "sky-tint", small}, {"ink", "plain-tint", small}, {"on-foot", "foot", small}, {"paper", "ink", small},
}

// shade is one pair in one scheme, ready to be shown.
type shade struct {
	on, under rgb
	ratio     string
}

func (x pair) in(c palette) shade {
	on, under := c[x.on], c[x.under]
	return shade{on, under, fmt.Sprintf("%.1f", contrast(on, under))}
}

// sampleFields are the questions of the sample forms, each kind once. part keeps
// the ids of two forms on one page apart.
func sampleFields(p *Page, part string) map[string]Field {
	few := []Option{
		{"kitchen", p.T("ui.parts.few.kitchen"), p.T("ui.parts.few.hint")},
		{"walk", p.T("ui.parts.few.walk"), ""},
		{"forms", p.T("ui.parts.few.forms"), ""},
	}
	return map[string]Field{
		"what": {Name: part + "-what", Label: "ui.parts.what", Rows: 3, Max: 400},
		"whom": {Name: part + "-whom", Label: "ui.parts.whom", Hint: "ui.parts.whom.hint"},
		"when": {Name: part + "-when", Label: "ui.parts.when", Hint: "ui.parts.when.hint", Short: true, Optional: true},
		"mail": {Name: part + "-mail", Label: "ui.parts.mail", Type: "email", Complete: "email", Optional: true},
		"year": {Name: part + "-year", Label: "ui.parts.year", Type: "number", Short: true, Max: 4},
		"one":  {Name: part + "-one", Label: "ui.parts.one", Options: few},
		"many": {Name: part + "-many", Label: "ui.parts.many", Hint: "ui.parts.many.hint", Options: few, Optional: true},
		"from": {Name: part + "-from", Label: "ui.parts.from", Options: few},
		"tick": {Name: part + "-tick", Label: "ui.parts.tick", Hint: "ui.parts.tick.hint"},
	}
}

// fullForm is a form filled in, with nothing wrong.
func fullForm(p *Page) *Form {
	return &Form{Key: "sample", Values: url.Values{
		"a-what": {p.T("ui.parts.what.full")}, "a-whom": {p.T("ui.parts.whom.full")}, "a-when": {p.Date(sampleDay)},
		"a-mail": {"ana@example.org"}, "a-year": {"2019"}, "a-one": {"walk"}, "a-many": {"kitchen", "forms"}, "a-from": {"forms"}, "a-tick": {"yes"},
	}}
}

// wrongForm is the same with something wrong everywhere, and kept over a
// sign-in.
func wrongForm(p *Page) *Form {
	return &Form{Key: "sample", Kept: true, Values: url.Values{
		"b-what": {p.T("ui.parts.what.full")}, "b-mail": {"ana at example"}, "b-year": {"19"}, "b-when": {longWord},
	}, Problems: []fault.Problem{
		{Field: "b-what", Key: "error.long", Args: []any{"max", 40}}, {Field: "b-whom", Key: "ui.parts.whom.missing"},
		{Field: "b-when", Key: "error.control"}, {Field: "b-mail", Key: "error.email"}, {Field: "b-year", Key: "error.year"},
		{Field: "b-one", Key: "error.choice"}, {Field: "b-many", Key: "error.choice"}, {Field: "b-from", Key: "error.choice"},
		{Field: "b-tick", Key: "ui.parts.tick.missing"}, {Key: "error.unknown-field"},
	}}
}

// longWord is what some people type, and what must not push a page apart.
const longWord = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

// sampleCards are a plain one, one in Arabic whatever the page is in, and one
// of long words.
func sampleCards(p *Page) []Card {
	return []Card{
		{Path: "#lists", Title: "Open Door Collective", Lang: "en", Text: "Saturday kitchen for anyone who has been through the system, or walked away from it. No referral, no forms.",
			Tags: []string{p.T("ui.parts.few.kitchen"), p.T("ui.parts.few.forms")}, Note: p.T("ui.parts.card.note")},
		{Path: "#lists", Title: "بيت الأقران", Lang: "ar", Text: "نلتقي مساء كل ثلاثاء لنأكل معًا ونتكلم، أو لنصمت معًا. يمكن الحضور للاستماع فقط.",
			Tags: []string{p.T("ui.parts.few.walk")}, Note: p.T("ui.parts.card.note")},
		{Path: "#lists", Title: longWord, Text: longWord + " " + longWord, Tags: []string{longWord}, Note: longWord},
		{Path: "#lists", Title: p.T("ui.parts.card.bare")},
	}
}

func sampleCounts(p *Page) []Count {
	return []Count{
		{Text: p.T("ui.knot.outcome"), Value: p.Number(7)}, {Text: p.T("ui.knot.open"), Value: p.Number(12), Path: "#numbers"},
		{Text: p.T("ui.parts.people"), Value: p.Rounded(7)},
	}
}

func sampleFilters(p *Page) []Filter {
	return []Filter{
		{Name: "kind", Label: "ui.parts.many", Choices: []Choice{{Value: "kitchen", Text: p.T("ui.parts.few.kitchen"), Count: 1204, On: true}, {Value: "walk", Text: p.T("ui.parts.few.walk"), Count: 3}}},
		{Name: "place", Label: "ui.parts.from", One: true, Choices: []Choice{{Value: "here", Text: longWord}}},
	}
}
