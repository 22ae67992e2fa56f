package group

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/record"
	"withus.example/platform/search"
)

const beginning = `name,area,country,registers,phone,about
Open Door,Leeds,GB,GB-CHC 1001,0113,We eat together
Tidewater Peers,Hull,GB,,,
رفاق الطريق,,MA,,,
`

// Twice is once; a row without an id adds and changes, and takes nothing away.
func TestImportTwice(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		r := mustImport(t, s, beginning, ImportOptions{})
		if sums(r) != "3 0 0 0 0" {
			t.Fatal(r)
		}
		before := exported(t, s)
		if r = mustImport(t, s, beginning, ImportOptions{}); sums(r) != "0 0 3 0 0" || exported(t, s) != before {
			t.Fatal(r)
		}
		g := one(t, s, "Open Door")
		if g.Published || g.Audience != Everyone || g.Revision != 1 || g.organisers != 0 {
			t.Errorf("%+v", g)
		}
		// Another name and another town under the same number; a number the
		// register added; an empty cell.
		r = mustImport(t, s, "name;area;registers;phone\nTHE OPEN DOOR;York;gb-coh 00012345; GB-CHC-1001;\n", ImportOptions{})
		if sums(r) != "0 0 0 0 1" {
			t.Fatal(r) // the semicolon in the cell needs quotation marks
		}
		r = mustImport(t, s, "name;area;registers;phone;form\nTHE OPEN DOOR;York;\"gb-coh 00012345; GB-CHC-1001\";;Charity\n", ImportOptions{})
		if sums(r) != "0 1 0 0 0" || r.Changes[0].Text != "name, form, registers, area" {
			t.Fatal(r)
		}
		g = one(t, s, "THE OPEN DOOR")
		if g.Phone != "0113" || g.Area != "York" || g.Form != "charity" || g.Revision != 2 || len(g.Registers) != 2 {
			t.Errorf("%+v", g)
		}
		rs, err := record.List(t.Context(), s.db, thing(g.ID), 0, 9)
		if err != nil || len(rs) != 2 || rs[0].Author != "" {
			t.Errorf("its history: %v, %v", rs, err)
		}
		// By name and place, whatever the capitals: nothing to change.
		if r = mustImport(t, s, "name,area\nthe open DOOR,york\nTidewater  Peers,HULL\n", ImportOptions{}); sums(r) != "0 0 2 0 0" {
			t.Error(r)
		}
		// With its id a row speaks of the whole group.
		r = mustImport(t, s, "id,name,phone\n"+g.ID+",Open Door,\n", ImportOptions{})
		if g = one(t, s, "Open Door"); sums(r) != "0 1 0 0 0" || g.Phone != "" || g.About == "" {
			t.Errorf("%s%+v", r, g)
		}
	})
}

// What may be here already is listed with what it may be, and nothing is done.
func TestImportDoubtful(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		mustImport(t, s, `id,name,other_names,area,country,registers
,Open Door,The Kitchen,Leeds,GB,GB-CHC 1001
,Hearing Voices Leeds,,Leeds,GB,
,Branch 1 Peers,,Leeds,GB,
,Mad Pride,,,,
new,Twin,,Leeds,GB,ZZ-X 1
new,Twin,,Leeds,GB,ZZ-X 2
,Elsewhere,,Leeds,GB,ZZ-X 7
,Far Away,,Nairobi,KE,
`, ImportOptions{})
		for _, c := range []struct{ row, want, like string }{
			{"Open Door,,York,GB,", "doubtful", "Open Door, Leeds, GB (id "},                  // the same name, elsewhere
			{"Open Door,,York,GB,GB-CHC 2002", "new", ""},                                     // and another number: another group
			{"Open Door,,Leeds,GB,GB-CHC 3003", "doubtful", "Open Door"},                      // here, with another number
			{"Open Door,,Leeds,,", "unchanged", ""},                                           // a town is enough
			{"Open Door,,,,", "doubtful", "Open Door"},                                        // no place
			{"The Kitchen,,Leeds,GB,", "doubtful", "Open Door"},                               // another of its names
			{"Soup,Open Door,Leeds,GB,", "doubtful", "Open Door"},                             // its name as another one
			{"Hearing Voice Leeds,,Leeds,GB,", "doubtful", "Hearing Voices Leeds"},            // a letter
			{"Haering Voices,,Leeds,GB,", "doubtful", "Hearing Voices Leeds"},                 // two letters, and the town
			{"The Hearing Voices (Leeds) Ltd,,Leeds,GB,", "doubtful", "Hearing Voices Leeds"}, // light words
			{"Hearing Voices Leeds,,Leeds,GB,ZZ-X 99", "changed", ""},                         // the same, and a number
			{"Bearing Noises Leeds,,Leeds,GB,", "new", ""},                                    // two letters, far apart
			{"Branch 2 Peers,,Leeds,GB,", "new", ""},                                          // a number is no slip
			{"Mad Pride,,,,", "unchanged", ""},                                                // no place, as before
			{"Mad Pryde,,,,", "doubtful", "Mad Pride"},                                        // both without a place
			{"Twin,,Leeds,GB,", "doubtful", "Twin"},                                           // there are two
			{"Twin,,Hull,GB,ZZ-X 1; ZZ-X 2", "doubtful", "Twin"},                              // the numbers of two
			{"Twin,,Leeds,GB,ZZ-X 1", "unchanged", ""},                                        // the number says which
			{"Far Away,,Nairobi,UG,", "new", ""},                                              // another country
			{"Elsewhere,,Hull,GB,ZZ-X 8", "new", ""},                                          // told apart by their numbers
			{"Elsewher,,Leeds,GB,ZZ-X 8", "new", ""},                                          // here too
		} {
			before := exported(t, s)
			r, err := s.Import(t.Context(), strings.NewReader("name,other_names,area,country,registers\n"+c.row+"\n"), ImportOptions{DryRun: true}, nil)
			got := map[string]string{"1 0 0 0 0": "new", "0 1 0 0 0": "changed", "0 0 1 0 0": "unchanged", "0 0 0 1 0": "doubtful"}[sums(r)]
			if err != nil || got != c.want || c.like != "" && !strings.HasPrefix(r.Doubtful[0].Like[0], c.like) {
				t.Errorf("%s: %v, want %s %s\n%s", c.row, err, c.want, c.like, r)
			}
			if r.Doubtful != nil {
				mustImport(t, s, "name,other_names,area,country,registers\n"+c.row+"\n", ImportOptions{})
			}
			if exported(t, s) != before {
				t.Fatalf("%s: something was written", c.row)
			}
		}
		// Somebody looked: it is another group. Twice is once for it, too.
		for _, want := range []string{"1 0 0 0 0", "0 0 1 0 0"} {
			if r := mustImport(t, s, "id,name,area,country\nnew,Open Door,York,GB\n", ImportOptions{}); sums(r) != want {
				t.Error(r)
			}
		}
	})
}

// The same group in two rows of one file.
func TestImportWithinFile(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		list := "name,area,registers,x\nOpen Door,Leeds,GB-CHC 1,a\nHull Peers,Hull,,b\nOpen Door,Leeds,GB-CHC 1,c\nDoor,Leeds,GB-CHC 1,d\nOpen Dooor Ltd,Leeds,,e\n"
		for i, want := range []string{"2 0 1 2 0", "0 0 3 2 0"} {
			r := mustImport(t, s, list, ImportOptions{})
			if sums(r) != want || r.Repeated[0].Line != 4 || r.Repeated[0].Text != "as line 2" || r.Doubtful[0].Like[0] != "Open Door, Leeds (line 2)" {
				t.Errorf("time %d: %s", i+1, r)
			}
		}
	})
}

// A group's page is its organisers'.
func TestImportKeepsOrganisersPages(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		mustImport(t, s, beginning, ImportOptions{})
		organise(t, s, "Open Door")
		before := exported(t, s)
		r := mustImport(t, s, "name,area,phone,audience\nOpen Door,Leeds,999,members\nTidewater Peers,Hull,555,\n", ImportOptions{Publish: true})
		if sums(r) != "0 1 1 0 0" || len(r.Kept) != 1 || r.Kept[0].Line != 2 || r.Kept[0].Text != "phone" {
			t.Error(r)
		}
		if g := one(t, s, "Open Door"); g.Phone != "0113" || g.Published || g.Audience != Everyone {
			t.Errorf("%+v", g)
		}
		if g := one(t, s, "Tidewater Peers"); g.Phone != "555" || !g.Published {
			t.Errorf("%+v", g)
		}
		if exported(t, s) == before {
			t.Error("nothing was written")
		}
	})
}

// Publishing is asked for in so many words, and then the list's own column
// counts. Nothing is ever taken down.
func TestImportPublishes(t *testing.T) {
	found := func(t *testing.T, s *Service, word string) int {
		f, err := search.New(s.db).Browse(t.Context(), &access.Viewer{}, search.Query{Kind: docKind, Words: word, Size: 9})
		if err != nil {
			t.Fatal(err)
		}
		return f.Total
	}
	withImport(t, func(t *testing.T, s *Service) {
		list := "name,area,audience,published\nApple,Leeds,everyone,yes\nBirch,Leeds,members,no\nCedar,Leeds,unlisted,yes\nDahlia,Leeds,,yes\n"
		r := mustImport(t, s, list, ImportOptions{})
		if sums(r) != "4 0 0 0 0" || r.Withheld != 3 || found(t, s, "Apple") != 0 || !strings.Contains(r.String(), "--publish") {
			t.Error(r)
		}
		if g := one(t, s, "Birch"); g.Audience != Members || g.Published {
			t.Errorf("%+v", g)
		}
		if r = mustImport(t, s, list, ImportOptions{Publish: true}); sums(r) != "0 3 1 0 0" || r.Changes[0].Text != "published" || found(t, s, "Apple") != 1 || found(t, s, "Dahlia") != 1 || found(t, s, "Cedar") != 0 {
			t.Error(r)
		}
		for _, o := range []ImportOptions{{}, {Publish: true}} {
			if r = mustImport(t, s, strings.ReplaceAll(list, "yes", "no"), o); sums(r) != "0 0 4 0 0" || found(t, s, "Apple") != 1 {
				t.Errorf("taken down: %s", r)
			}
		}
		if r = mustImport(t, s, "name,area,audience\nApple,Leeds,members\nBirch,Leeds,\n", ImportOptions{Publish: true}); sums(r) != "0 2 0 0 0" || found(t, s, "Apple") != 0 {
			t.Error(r)
		}
		if g := one(t, s, "Birch"); g.Audience != Members || !g.Published {
			t.Errorf("without a column published, the whole list agreed: %+v", g)
		}
	})
}

// What can't be kept is left out, with a warning; without a name there is no
// group.
func TestImportLeavesOut(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		r := mustImport(t, s, strings.Join([]string{
			"id,name,website,email,since,country,languages,support,for,registers,open,audience,about,form",
			`17,One,www.one.example,no address,soon,Kenya,"Kiswahili; en, Klingonish",Practical; magic,Hearing voices; Women; sports,GB-CHC 1; nonsense,maybe,friends,` + strings.Repeat("x", maxAbout+1) + `,Charity`,
			`,,www.two.example,,,,,,,,,,,`,
			"," + strings.Repeat("y", maxName+1) + ",,,,,,,,,,,,",
			"new,Four,one example/page,,,XX,,,,,,,,club",
		}, "\n"), ImportOptions{})
		if sums(r) != "2 0 0 0 2" {
			t.Fatal(r)
		}
		g := one(t, s, "One")
		if g.Website != "http://www.one.example" || g.Email != "" || g.Since != 0 || g.Country != "KE" || g.About != "" || g.Audience != Everyone || g.Open || g.Form != "charity" ||
			!slices.Equal(g.Languages, []string{"sw", "en"}) || !slices.Equal(g.Support, []string{"practical"}) || !slices.Equal(g.For, []string{"voices", "women"}) ||
			!slices.Equal(g.Registers, []Register{{"GB-CHC", "1"}}) {
			t.Errorf("%+v", g)
		}
		said := fmt.Sprint(r.LeftOut)
		for _, what := range []string{`id "17"`, `email "no address"`, `since "soon"`, `languages "Klingonish"`, `support "magic"`, `for "sports"`, `registers "NONSENSE"`, `open "maybe"`, `audience "friends"`, `about "xxx`, `country "XX"`, `form "club"`, `website "one example/page"`} {
			if !strings.Contains(said, what+"") || strings.Count(said, what) != 1 {
				t.Errorf("nothing is said of %s: %s", what, r)
			}
		}
		if !strings.Contains(fmt.Sprint(r.Refused), "can't be empty") || r.Refused[1].Line != 4 {
			t.Error(r.Refused)
		}
		// Over a group that is here, its own value stays.
		mustImport(t, s, "name,country,email,since\nOne,KE,one@x.example,2001\n", ImportOptions{})
		r = mustImport(t, s, "id,name,email,since\n"+g.ID+",One,oops,3001\n", ImportOptions{})
		if g = one(t, s, "One"); sums(r) != "0 0 1 0 0" || len(r.LeftOut) != 2 || g.Email != "one@x.example" || g.Since != 2001 {
			t.Errorf("%s%+v", r, g)
		}
	})
}

// A report goes to a terminal: nothing in a list steers it.
func TestReportIsPlain(t *testing.T) {
	s := emptyRoom(t)
	r := mustImport(t, s, "name,website,\"a\x1bb\"\n\"A\u202e \x1b[31mred\nline\",\"x\x1b]0;title\x07\",1\nB,1,2,3\n", ImportOptions{DryRun: true})
	if text := r.String(); strings.ContainsAny(text, "\x1b\x07\u202e\r") || strings.Contains(text, "\nline") {
		t.Errorf("%q", text)
	}
}

// A dry run writes nothing at all, and says what the import then does.
func TestImportDryRun(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		fillDemo(t, s, 40)
		list := strings.Replace(exported(t, s), "id,name", "key,name", 1) + strings.Repeat(",", len(full)-1) + "\n"
		list = strings.ReplaceAll(list, "collective", "association") + "bad\n"
		rows := "Brand New" + strings.Repeat(",", len(full)-2) + "\n"
		list += "," + rows + "x," + rows + "," + strings.Replace(rows, "Brand New,", "Brand New,Newer", 1)
		before := dump(t, s)
		dry := mustImport(t, s, list, ImportOptions{DryRun: true, Publish: true})
		if dump(t, s) != before {
			t.Error("the dry run wrote something")
		}
		wet := mustImport(t, s, list, ImportOptions{Publish: true})
		if dry.DryRun = false; dry.String() != wet.String() || wet.Changed == 0 || wet.New != 1 || len(wet.Repeated) != 1 || len(wet.Kept) == 0 || dump(t, s) == before {
			t.Errorf("dry:\n%s\nthen:\n%s", dry, wet)
		}
	})
}

// bigList has rows of every kind, some of which are about the same group.
func bigList(n int) string {
	var b strings.Builder
	b.WriteString("name,area,registers,about\n")
	for i := range n {
		fmt.Fprintf(&b, "Group %c%c of peers,Town %d,ZZ-T %d,Words %d\n", 'a'+i%26, 'a'+i/26%26, i, i%(n-7), i)
		if i%50 == 0 {
			b.WriteString("broken,row\n")
		}
	}
	return b.String()
}

// Stopped half way, it goes on: what comes of it is the same as without a stop.
func TestImportGoesOn(t *testing.T) {
	list := bigList(650)
	clean := emptyRoom(t)
	all := mustImport(t, clean, list, ImportOptions{})
	want := withoutIDs(t, clean)
	withImport(t, func(t *testing.T, s *Service) {
		ctx, stop := context.WithCancel(t.Context())
		var told []int
		r, err := s.Import(ctx, strings.NewReader(list), ImportOptions{}, func(done int) {
			if told = append(told, done); len(told) == 2 {
				stop()
			}
		})
		if !errors.Is(err, context.Canceled) || r.Rows != 400 || !slices.Equal(told, []int{200, 400}) {
			t.Fatalf("%v, %v\n%s", told, err, r)
		}
		// And what a power cut leaves is a batch that was never written.
		again := mustImport(t, s, list, ImportOptions{})
		if got := withoutIDs(t, s); got != want {
			t.Errorf("not the same as without a stop:\n%s", got)
		}
		if again.New+r.New != all.New || again.Rows != all.Rows || len(again.Refused) != len(all.Refused) || again.Changed != 0 {
			t.Errorf("%s\nin one go:\n%s", again, all)
		}
	})
}

// Of two imports the later one goes on, and nothing is there twice.
func TestImportOvertaken(t *testing.T) {
	list := bigList(450)
	withImport(t, func(t *testing.T, s *Service) {
		first := true
		_, err := s.Import(t.Context(), strings.NewReader(list), ImportOptions{}, func(int) {
			if first {
				first = false
				mustImport(t, s, list, ImportOptions{})
			}
		})
		if !errors.Is(err, ErrOvertaken) {
			t.Error(err)
		}
		if r := mustImport(t, s, list, ImportOptions{}); r.New+r.Changed != 0 {
			t.Error(r)
		}
	})
}

// A page edited while its row is on the way is not overwritten unseen.
func TestImportMeetsEdit(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		mustImport(t, s, beginning, ImportOptions{})
		first := true
		_, err := s.Import(t.Context(), strings.NewReader("name,area\n"+strings.Repeat("Tidewater Peers,Hull\n", importBatch)+"Open Door,Leeds\n"), ImportOptions{}, func(int) {
			if first {
				first = false
				organise(t, s, "Open Door")
				g := one(t, s, "Open Door")
				err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					was := *g
					g.Phone = "by hand"
					return s.save(ctx, tx, &was, g, "p9", g.Changed)
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
		if g := one(t, s, "Open Door"); err != nil || g.Phone != "by hand" || g.Revision != 2 {
			t.Errorf("%+v, %v", g, err)
		}
	})
}

// awkwardGroups have what tables have trouble with, in every audience.
func awkwardGroups(t *testing.T, s *Service) {
	t.Helper()
	err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i, a := range audiences {
			for j, published := range []bool{true, false} {
				g := &Group{Audience: Audience(a), Published: published}
				g.Details = Details{Name: fmt.Sprintf("=Odd; \"%d%d\", رفاق", i, j), OtherNames: []string{"a, b", "c; d", `"e"`, "-f"}, About: "'line\n\n=two", WrittenIn: "ar",
					Phone: "+44 1632", Confidential: j == 1, Place: "here", Area: "Leeds; east", Country: "GB", Registers: []Register{{"ZZ-Q", fmt.Sprintf("A;%d%d", i, j)}}}
				if err := g.Validate(newVocabulary(nil), g.Changed.AddDate(3000, 0, 0)); err != nil {
					return err
				}
				if err := s.create(ctx, tx, g, g.Changed); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What was exported comes in again without a change, here and elsewhere.
func TestExportImports(t *testing.T) {
	withImport(t, func(t *testing.T, s *Service) {
		fillDemo(t, s, 427)
		awkwardGroups(t, s)
		mustImport(t, s, "id,name,area\nnew,Twins,Leeds\n,Twins Ltd,York\nnew,Twins Ltd,Leeds\n", ImportOptions{}) // near each other, and both there
		list := exported(t, s)
		var b bytes.Buffer
		if err := s.WriteJSON(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		before := dump(t, s)
		for name, text := range map[string]string{"CSV": list, "JSON": b.String(), "semicolons": resaved(t, list)} {
			for _, o := range []ImportOptions{{}, {DryRun: true}, {Publish: true}} {
				r := mustImport(t, s, text, o)
				if sums(r) != fmt.Sprintf("0 0 %d 0 0", r.Rows) || r.Rows != 435 || len(r.Kept)+len(r.LeftOut)+len(r.Ignored)+len(r.Repeated) > 0 {
					t.Errorf("%s: %s", name, r)
				}
			}
		}
		if a, b := withoutRun(before), withoutRun(dump(t, s)); a != b {
			t.Error("something was written")
		}
		for name, text := range map[string]string{"CSV": list, "JSON": b.String()} {
			other := emptyRoom(t)
			if r := mustImport(t, other, text, ImportOptions{Publish: true}); sums(r) != fmt.Sprintf("%d 0 0 0 0", r.Rows) || len(r.LeftOut) > 0 {
				t.Errorf("%s elsewhere: %s", name, r)
			}
			if got := exported(t, other); got != list {
				t.Errorf("%s: another network's export is another", name)
			}
		}
	})
}
