package group

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/place"
	"withus.example/platform/search"
	"withus.example/platform/ui"
)

// Where a group is comes from its area and its country, never from where it
// meets, which may be confidential; of a confidential group no more is known
// than its town.

// spot is where a group is, as everybody may know who may find it.
func (s *Service) spot(g *Group) search.Spot {
	out := search.Spot{Country: g.Country}
	if p := s.places.Locate(g.Area, g.Country, g.Confidential); p != nil {
		out.Known, out.Point = true, p.Point
	}
	return out
}

// replacing is the round that puts groups in their places when the gazetteer is
// another one than they were placed by: after an upgrade, or in data older than
// places.
var replacing = job.Schedule{Name: "group.place", Every: 10 * time.Minute}

// replace does that round.
func (s *Service) replace(ctx context.Context) error {
	now := "3 " + s.places.Version() // raise the number when spot changes, or what lists are sorted by
	was, err := placedBy(ctx, s.db)
	if err != nil || was == now {
		return err
	}
	if err := s.shelveAll(ctx); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return setPlacedBy(ctx, tx, now) })
}

// How far around a place groups are looked for, in kilometres.
var distances = []int{10, 25, 50, 100, 250, 500}

const (
	usualKm = 50
	mostKm  = 2000 // what the map may ask for, where marks lie far apart
)

// Near is a place that was asked for, and what it may mean.
type Near struct {
	Words  string // as typed
	Within int    // kilometres
	Place  *place.Place
	Others []place.Place // it may also mean
	Towns  bool          // the gazetteer has towns
}

// readNear reads what was asked; nil where nothing was.
func (s *Service) readNear(q url.Values) *Near {
	n := &Near{Words: strings.TrimSpace(q.Get("near")), Within: usualKm}
	if km, err := strconv.Atoi(q.Get("within")); err == nil && km > 0 {
		n.Within = min(km, mostKm)
	}
	if n.Words == "" {
		return nil
	}
	n.Towns = s.places.Complete()
	const most = 7
	found := s.places.Find(n.Words, "", most)
	if id, err := strconv.Atoi(q.Get("at")); err == nil {
		n.Place = s.places.ByID(id)
	}
	if n.Place == nil && len(found) > 0 {
		n.Place = &found[0]
	}
	for _, p := range found {
		if p != *n.Place {
			n.Others = append(n.Others, p)
		}
	}
	return n
}

// query is what search is asked, nil where no place is known.
func (n *Near) query() *search.Near {
	if n == nil || n.Place == nil {
		return nil
	}
	q := &search.Near{At: n.Place.Point, Km: float64(n.Within)}
	if n.Place.ID == 0 {
		q.Countries = []string{n.Place.Country}
	}
	return q
}

// within are the distances one can choose, and the one that was asked for.
func (n *Near) within(p *ui.Page) (out []ui.Option) {
	all, on := slices.Clone(distances), usualKm
	if n != nil && !slices.Contains(all, n.Within) {
		all = append(all, n.Within)
		slices.Sort(all)
	}
	if n != nil {
		on = n.Within
	}
	for _, km := range all {
		o := ui.Option{Value: strconv.Itoa(km), Text: p.T("group.near.km", "n", km)}
		if km == on {
			o.Hint = "on"
		}
		out = append(out, o)
	}
	return out
}

// says which place was understood, and what comes first.
func (n *Near) says(p *ui.Page) string {
	place, sorted := placeText(p.Lang, n.Place), slices.Contains(orders, p.Query.Get("sort"))
	switch {
	case n.Place.ID == 0 && sorted:
		return p.T("group.near.in", "place", place)
	case n.Place.ID == 0:
		return p.T("group.near.country", "place", place)
	case sorted:
		return p.T("group.near.around", "place", place, "n", n.Within)
	}
	return p.T("group.near.place", "place", place, "n", n.Within)
}

// words are what stands in the box.
func (n *Near) words() string {
	if n == nil {
		return ""
	}
	return n.Words
}

// placeText is a place in a reader's words. Of two towns of one name in one
// country a state, or a larger town, says which is meant.
func placeText(l *i18n.Lang, p *place.Place) string {
	country := l.Country(p.Country)
	if p.ID == 0 {
		return country
	}
	out := l.Isolate(p.In(l.Code))
	if strings.Trim(p.Admin, "0123456789") == p.Admin && len(p.Admin) == 2 {
		out += l.T("i18n.comma") + p.Admin // AL, NSW: what people there write
	}
	if country != "" {
		out += l.T("i18n.comma") + l.Isolate(country)
	}
	return out
}

// nearText is placeText with a larger town beside it.
func (s *Service) nearText(l *i18n.Lang, p *place.Place) string {
	out := placeText(l, p)
	if p.ID == 0 {
		return out
	}
	if beside := s.places.Beside(*p); beside != nil {
		out = l.T("group.near.beside", "place", out, "town", l.Isolate(beside.In(l.Code)))
	}
	return out
}

// others are the other places as links to the same list around them.
func (s *Service) others(p *ui.Page, n *Near) (out []ui.Crumb) {
	for i := range n.Others {
		o := &n.Others[i]
		out = append(out, ui.Crumb{Path: p.Path + "?" + aroundQuery(p.Query, p.Lang, o, n.Within).Encode(), Text: s.nearText(p.Lang, o)})
	}
	return out
}

// aroundQuery is a list's query with another place, on its first page.
func aroundQuery(q url.Values, l *i18n.Lang, p *place.Place, km int) url.Values {
	out := url.Values{}
	for name, v := range q {
		if name != "page" && name != "at" {
			out[name] = v
		}
	}
	out.Set("near", l.Country(p.Country))
	if p.ID != 0 {
		out.Set("near", p.In(l.Code))
		out.Set("at", strconv.Itoa(p.ID))
	}
	out.Set("within", strconv.Itoa(km))
	return out
}

// awayText says how far a group is from the place that was asked for.
func awayText(l *i18n.Lang, km float64) string {
	if km < 1 {
		return l.T("group.near.here")
	}
	return l.T("group.near.km", "n", int(math.Round(km)))
}

// away puts how far each group is on its brief.
func away(gs []Brief, f *search.Found) {
	for i := range gs {
		if n := slices.Index(f.IDs, gs[i].ID); n >= 0 && n < len(f.Km) && f.Km[n] >= 0 {
			gs[i].Away = &f.Km[n]
		}
	}
}
