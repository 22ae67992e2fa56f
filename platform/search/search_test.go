package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

var rooms = []db.Migrations{access.Ground, Ground}

func put(t *testing.T, d *db.DB, docs ...Doc) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, doc := range docs {
			if doc.Kind == "" {
				doc.Kind = "group"
			}
			if doc.Scope == "" {
				doc.Scope = access.Public
			}
			doc.Room = doc.Kind
			if err := Put(ctx, tx, doc); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// signedIn is a viewer who holds the scopes besides the network's.
func signedIn(t *testing.T, d *db.DB, scopes ...string) *access.Viewer {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, s := range scopes {
			if _, err := access.Grant(ctx, tx, "p", s, access.Organiser); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	v, err := access.With(t.Context(), d, "m", "p", access.Member)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func ids(refs []Ref) string {
	var out []string
	for _, r := range refs {
		out = append(out, r.ID)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// What people type finds what they mean.
func TestWhatPeopleType(t *testing.T) {
	dbtest.Run(t, rooms, func(t *testing.T, d *db.DB) {
		put(t, d,
			Doc{ID: "1", Title: "Open Door Collective", Text: "Saturday kitchen for anyone who has been sectioned. Café élan. O'Brien's, co-run."},
			Doc{ID: "2", Title: "साथी समूह", Text: "हिन्दी में सहायता और मानसिक स्वास्थ्य"},
			Doc{ID: "3", Title: "رفاق الطريق", Text: "مجموعةٌ للأمّهات، على مقهى"},
			Doc{ID: "4", Title: "心声小组", Text: "我们互相支持 mad pride"},
			Doc{ID: "5", Title: "ÇIĞLIK Straße", Text: "Ελλάδα Ёлка שָׁלוֹם"},
			Doc{ID: "6", Title: "Door", Text: "nothing else"},
		)
		x := New(d)
		for q, want := range map[string]string{
			"CAFE": "1", "café": "1", "elan": "1", "kitch": "1", "sectioned saturday": "1", "sat kitch": "", "saturday kitch": "1",
			"o'brien": "1", "co-run": "1", "corun": "", "door": "1 6", "doo": "1 6", "open door": "1",
			"हिन्दी": "2", "हिन": "2", "स्वास्थ्य": "2", "सहा": "2", "थी": "",
			"للامهات": "3", "لِلأُمَّهات": "3", "رفاق": "3", "مقهي": "3", "مـقـهـى": "3",
			"الأمهات": "3", "أمهات": "3", "والأمهات": "3", "الرفاق": "3", "طريق": "3", "الطري": "3", "مجموعه": "3", "المجموعة": "3", "ال": "",
			"心": "4", "支持": "4", "互相": "4", "组": "4", "心支": "", "我们 pride": "4",
			"STRASSE": "5", "strass": "5", "ciglik": "5", "ελλαδα": "5", "елка": "5", "שלום": "5",
			"": "", "  ": "", "!!": "", `" OR door *`: "", `door" OR "x`: "", "q'z\\": "", "door:*": "1 6", "a & b | c": "", "NEAR(door, 2)": "", "\x00door": "1 6",
		} {
			refs, err := x.Find(t.Context(), &access.Viewer{}, q, 10)
			if err != nil || ids(refs) != want {
				t.Errorf("%q finds %q, want %q; %v", q, ids(refs), want, err)
			}
		}
		refs, err := x.Find(t.Context(), &access.Viewer{}, "door", 1)
		if err != nil || ids(refs) != "6" {
			t.Errorf("the shorter title is the better match: %q, %v", ids(refs), err)
		}
	})
}

// The hidden is in no result, no count and no total, and changes are there at
// once.
func TestOnlyWhatTheViewerMaySee(t *testing.T) {
	dbtest.Run(t, rooms, func(t *testing.T, d *db.DB) {
		put(t, d,
			Doc{ID: "pub", Title: "Alpha kettle", Terms: []string{"k:a"}},
			Doc{ID: "net", Title: "Beta kettle", Scope: access.Network, Terms: []string{"k:a", "k:net"}},
			Doc{ID: "own", Title: "Gamma kettle", Scope: "g1", Terms: []string{"k:own"}},
			Doc{ID: "not", Title: "Delta kettle", Scope: "g2", Terms: []string{"k:not"}},
			Doc{ID: "unl", Title: "Epsilon kettle", Scope: access.Unlisted, Terms: []string{"k:unl"}},
		)
		x := New(d)
		member := signedIn(t, d, "g1")
		check := func(who string, v *access.Viewer, find, browse string, total int, counts string) {
			t.Helper()
			refs, err := x.Find(t.Context(), v, "kettle", 10)
			if err != nil || ids(refs) != find {
				t.Errorf("%s finds %q, want %q; %v", who, ids(refs), find, err)
			}
			for _, words := range []string{"", "kettle"} {
				f, err := x.Browse(t.Context(), v, Query{Kind: "group", Words: words, Size: 10})
				if err != nil {
					t.Fatal(err)
				}
				slices.Sort(f.IDs)
				if got := strings.Join(f.IDs, " "); got != browse || f.Total != total || fmt.Sprint(f.Counts["k"]) != counts {
					t.Errorf("%s, %q: %q of %d, counts %v; want %q of %d, %s", who, words, got, f.Total, f.Counts["k"], browse, total, counts)
				}
			}
		}
		check("a visitor", &access.Viewer{}, "pub", "pub", 1, "map[a:1]")
		check("a member", member, "net own pub", "net pub", 2, "map[a:2 net:1]")
		put(t, d, Doc{ID: "pub", Title: "Alpha kettle", Scope: "g2"})
		check("a visitor", &access.Viewer{}, "", "", 0, "map[]")
		put(t, d, Doc{ID: "pub", Title: "Alpha kettle", Terms: []string{"k:b"}}, Doc{ID: "new", Title: "New kettle", Terms: []string{"k:b"}})
		check("a visitor", &access.Viewer{}, "new pub", "new pub", 2, "map[b:2]")
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return Drop(ctx, tx, "group", "group", "new") })
		if err != nil {
			t.Fatal(err)
		}
		check("a visitor", &access.Viewer{}, "pub", "pub", 1, "map[b:1]")
	})
}

// What is put as it stands already moves nothing; anything else about it does,
// and is found as it is then.
func TestPutAgain(t *testing.T) {
	dbtest.Run(t, rooms, func(t *testing.T, d *db.DB) {
		x := New(d)
		doc := Doc{ID: "a", Title: "Kettle", Text: "tea and bread", Terms: []string{"k:a"}}
		put(t, d, doc)
		for _, c := range []struct {
			what  string
			to    func()
			moves bool
		}{
			{"nothing", func() {}, false},
			{"its terms", func() { doc.Terms = []string{"k:b"} }, true},
			{"its place", func() { doc.Spot.Country = "GB" }, true},
			{"its words", func() { doc.Text = "tea and scones" }, true},
			{"its title", func() { doc.Title = "The kettle" }, true},
			{"nothing again", func() {}, false},
		} {
			c.to()
			was, err := d.Stamp(t.Context(), Counter("group"))
			if err != nil {
				t.Fatal(err)
			}
			put(t, d, doc)
			now, err := d.Stamp(t.Context(), Counter("group"))
			if err != nil || (now != was) != c.moves {
				t.Errorf("%s: the counter went from %d to %d, %v", c.what, was, now, err)
			}
			f, err := x.Browse(t.Context(), &access.Viewer{}, Query{Kind: "group", Words: "kettle " + strings.Fields(doc.Text)[2], Size: 10})
			if err != nil || len(f.IDs) != 1 || fmt.Sprint(f.Counts["k"]) != "map["+strings.TrimPrefix(doc.Terms[0], "k:")+":1]" {
				t.Errorf("%s: %+v, %v", c.what, f, err)
			}
		}
		if refs, err := x.Find(t.Context(), &access.Viewer{}, "bread", 10); err != nil || len(refs) != 0 {
			t.Errorf("by a word it has no more: %v, %v", refs, err)
		}
	})
}

// Whatever the filters and the size of a page, walking through the pages shows
// each thing once, forwards and back, and the counts are true.
func TestBrowse(t *testing.T) {
	d, err := db.Open(t.Context(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(t.Context(), append(rooms, db.Ground)...); err != nil {
		t.Fatal(err)
	}
	var docs []Doc
	for i := range 150 {
		doc := Doc{ID: fmt.Sprintf("id%03d", i*7%150), Title: fmt.Sprintf("Group %c", 'a'+i%26), Text: "kettle"}
		for _, f := range []string{"x", "y"} {
			for v := range 3 {
				if (i>>v+len(f))%(v+2) == 0 {
					doc.Terms = append(doc.Terms, fmt.Sprintf("%s:%d", f, v))
				}
			}
		}
		docs = append(docs, doc)
	}
	put(t, d, docs...)
	x := New(d)
	rapid.Check(t, func(t *rapid.T) {
		q := Query{Kind: "group", Size: rapid.IntRange(1, 60).Draw(t, "size"), Filters: map[string][]string{}}
		if rapid.Bool().Draw(t, "words") {
			q.Words = "kettle"
		}
		for _, f := range []string{"x", "y"} {
			if vs := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"0", "1", "2", "none"}), 0, 3, rapid.ID).Draw(t, f); len(vs) > 0 {
				q.Filters[f] = vs
			}
		}
		passes := func(doc Doc, but string) bool {
			for f, vs := range q.Filters {
				if f != but && !slices.ContainsFunc(vs, func(v string) bool { return slices.Contains(doc.Terms, f+":"+v) }) {
					return false
				}
			}
			return true
		}
		want := map[string]bool{}
		counts := map[string]int{}
		for _, doc := range docs {
			if passes(doc, "") {
				want[doc.ID] = true
			}
			for _, term := range doc.Terms {
				if passes(doc, term[:1]) {
					counts[term]++
				}
			}
		}
		var pages []string
		seen := map[string]bool{}
		last := ""
		for {
			f, err := x.Browse(context.Background(), &access.Viewer{}, q)
			if err != nil {
				t.Fatal(err)
			}
			if f.Total != len(want) {
				t.Fatalf("total %d, want %d", f.Total, len(want))
			}
			for facet, vs := range f.Counts {
				for v, n := range vs {
					if counts[facet+":"+v] != n {
						t.Fatalf("%s:%s counts %d, want %d", facet, v, n, counts[facet+":"+v])
					}
				}
			}
			for _, id := range f.IDs {
				if seen[id] || !want[id] {
					t.Fatalf("%s shown twice or wrongly", id)
				}
				seen[id] = true
			}
			if len(pages) > 0 && f.Prev == "" {
				t.Fatal("no way back")
			}
			if q.Page != "" && f.Prev != last && last != "" {
				t.Fatalf("the way back leads elsewhere")
			}
			pages = append(pages, q.Page)
			last = ""
			if len(pages) > 1 {
				last = q.Page
			}
			if f.Next == "" {
				break
			}
			q.Page = f.Next
		}
		if len(seen) != len(want) {
			t.Fatalf("%d shown of %d", len(seen), len(want))
		}
	})
	f, err := x.Browse(t.Context(), &access.Viewer{}, Query{Kind: "group", Size: 5, Page: "no mark !"})
	if err != nil || len(f.IDs) != 5 {
		t.Error("a broken mark is the beginning", err)
	}
}

func FuzzQuestion(f *testing.F) {
	for _, s := range []string{"", "a b", `"`, "'", "心支", "\x00", "a:*|&!()", "ẞ", "ﷺ"} {
		f.Add(s)
	}
	d, err := db.Open(f.Context(), "", f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(f.Context(), append(rooms, db.Ground)...); err != nil {
		f.Fatal(err)
	}
	x := New(d)
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := x.Find(context.Background(), &access.Viewer{}, s, 5); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		if len(asked(s)) > mostTerms {
			t.Errorf("%q asks for too much", s)
		}
	})
}

func TestSortBy(t *testing.T) {
	all := []string{"Zebra", "éclair", "Ähre", "echo", "Echo", "anfang"}
	SortBy(all, func(s string) string { return s })
	if want := []string{"Ähre", "anfang", "echo", "Echo", "éclair", "Zebra"}; !slices.Equal(all, want) {
		t.Errorf("%q, want %q", all, want)
	}
	// Germany begins with a letter of its own, Bahrain with an article.
	all = []string{"كندا", "البحرين", "كاليدونيا الجديدة", "ماليزيا", "ألمانيا", "اليمن"}
	SortBy(all, func(s string) string { return s })
	if want := []string{"ألمانيا", "البحرين", "كاليدونيا الجديدة", "كندا", "ماليزيا", "اليمن"}; !slices.Equal(all, want) {
		t.Errorf("%q, want %q", all, want)
	}
}

// A text that has ASCII alone is cut by a shorter way, to the same words.
func FuzzPlainWords(f *testing.F) {
	for _, s := range []string{"", "The Long-Bench (Lockside), 24/7", "A_b\x00c\x7f", "don't", strings.Repeat("a", 61)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !plain(s) {
			return
		}
		if short, long := Words(s), Words(s+" é"); !slices.Equal(append(short, "e"), long) {
			t.Errorf("%q: %q, and with é %q", s, short, long)
		}
		if short, long := Terms(s), Terms(s+" é"); !slices.Equal(append(short, "e"), long) {
			t.Errorf("%q: %q, and with é %q", s, short, long)
		}
	})
}
