package group

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// mergeFields are what is chosen between two pages, and which of them stays.
var mergeFields = func() []string {
	out := []string{"keep", fieldLife, fieldPicture}
	for _, c := range mergeable {
		out = append(out, c.field())
	}
	return out
}()

// mergePages are the addresses where two groups become one, or two again.
func (s *Service) mergePages() []web.Route {
	return []web.Route{
		web.Get("/group-duplicates", editFree, s.showPairs).Reads("after"),
		web.Get("/group-duplicates/{a}/{b}", editFree, s.showCompare).Reads(mergeFields...),
		web.FormAt("/group-duplicates/{a}/{b}/merge", editFree, web.Form{Fields: append([]string{"revision-a", "revision-b"}, mergeFields...), Fill: s.fillMerge, Show: s.showMerge, Save: s.saveMerge}).Reads(mergeFields...),
		web.Do("/group-duplicates/{a}/{b}/tell", editFree, s.saveTell, "say"),
		web.FormAt("/groups/{slug}/merge", edit, web.Form{Fields: []string{"proposal", "kept", "gone", "answer"}, Show: s.showAnswer, Save: s.saveAnswer}),
		web.Do("/groups/{slug}/unmerge", editing, s.saveUnmerge, "gone"),
	}
}

// twin is a pair as the page lists it.
type twin struct {
	pair
	A, B *Group
	key  string
}

// Path is where the two stand side by side.
func (t *twin) Path() string { return comparePath(t.A, t.B) }

func comparePath(a, b *Group) string {
	return "/group-duplicates/" + url.PathEscape(a.Slug) + "/" + url.PathEscape(b.Slug)
}

// twins puts the groups to pairs.
func (s *Service) twins(r *web.Request, ps []*pair) (out []twin, err error) {
	var ids []string
	for _, p := range ps {
		ids = append(ids, p.one, p.two)
	}
	gs, err := listedByIDs(r.Context(), s.db, ids)
	byID := map[string]*Group{}
	for _, g := range gs {
		byID[g.ID] = g
	}
	for _, p := range ps {
		if a, b := byID[p.one], byID[p.two]; a != nil && b != nil {
			out = append(out, twin{pair: *p, A: a, B: b, key: r.FormKey()})
		}
	}
	return out, err
}

// pairsPage is all there is on the page of pairs.
type pairsPage struct {
	pairs, waiting, apart []twin
	merged                []Merged
	next, key             string
}

// showPairs is /group-duplicates.
func (s *Service) showPairs(r *web.Request) (*web.Answer, error) {
	ctx := r.Context()
	ps, err := listPairs(ctx, s.db, "", readAfter(r.Page.Query.Get("after")), pageSize)
	if err != nil {
		return nil, err
	}
	d := pairsPage{key: r.FormKey()}
	if len(ps) == pageSize {
		last := ps[len(ps)-1]
		d.next = r.Page.Path + "?after=" + strconv.Itoa(last.why) + "_" + last.one + "_" + last.two
	}
	waits, err := proposals(ctx, s.db, pageSize)
	if err != nil {
		return nil, err
	}
	var asked []*pair
	for _, w := range waits {
		asked = append(asked, &pair{pairKey: keyOf(w.gone, w.kept)})
	}
	for _, who := range []string{apartTeam, apartOrganisers} {
		said, err := listPairs(ctx, s.db, who, pair{why: -1}, pageSize)
		if err != nil {
			return nil, err
		}
		more, err := s.twins(r, said)
		if err != nil {
			return nil, err
		}
		d.apart = append(d.apart, more...)
	}
	if d.pairs, err = s.twins(r, ps); err != nil {
		return nil, err
	}
	if d.waiting, err = s.twins(r, asked); err != nil {
		return nil, err
	}
	if d.merged, err = s.LatestMerges(ctx, r.Viewer); err != nil {
		return nil, err
	}
	return web.Show(pairsView(r.Page, &d))
}

// readAfter reads where a page of pairs begins; anything else is the beginning.
func readAfter(s string) pair {
	parts := strings.Split(s, "_")
	if why, err := strconv.Atoi(parts[0]); err == nil && len(parts) == 3 {
		return pair{pairKey{parts[1], parts[2]}, why, "", ""}
	}
	return pair{why: -1}
}

// sides are two groups in the order of an address, with what was chosen.
type sides struct {
	merging
	A, B *Group
}

// keep is which of the two stays: a or b.
func (x *sides) keep() string { return x.name(Kept) }

// name is a side as the address knows it.
func (x *sides) name(s Side) string {
	switch {
	case s == Both:
		return "both"
	case (s == Kept) == (x.Kept == x.A):
		return "a"
	}
	return "b"
}

// side is what the address calls a, b or both.
func (x *sides) side(name string) Side {
	switch {
	case name == "both":
		return Both
	case name != "a" && name != "b":
		return ""
	case name == x.keep():
		return Kept
	}
	return Gone
}

// first says whether the first of two pages is the one that sensibly stays: the
// one that is seen, then the one with organisers, then the one looked through
// last, then the older one.
func first(a, b *Group) bool {
	switch {
	case a.Published != b.Published:
		return a.Published
	case (a.organisers > 0) != (b.organisers > 0):
		return a.organisers > 0
	case !a.Checked.Equal(b.Checked):
		return a.Checked.After(b.Checked)
	}
	return a.Revision >= b.Revision
}

// readSides reads what was chosen.
func readSides(q url.Values, a, b *Group) *sides {
	x := &sides{A: a, B: b, merging: merging{Kept: a, Gone: b, Choices: Choices{}}}
	if keep := q.Get("keep"); keep == "b" || keep != "a" && !first(a, b) {
		x.Kept, x.Gone = b, a
	}
	for _, f := range mergeFields[1:] {
		if s := x.side(q.Get(f)); s != "" {
			x.Choices[f] = s
		}
	}
	return x
}

func (s *Service) compared(r *web.Request, q url.Values) (*sides, error) {
	a, b, err := s.Compare(r.Context(), r.Viewer, r.PathValue("a"), r.PathValue("b"))
	if err == nil && a.ID == b.ID {
		err = fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	return readSides(q, a, b), nil
}

// showCompare is two groups side by side.
func (s *Service) showCompare(r *web.Request) (*web.Answer, error) {
	x, err := s.compared(r, r.Page.Query)
	if err != nil {
		return nil, err
	}
	v, err := s.Vocabulary(r.Context())
	if err != nil {
		return nil, err
	}
	ms, err := traitsOf(r.Context(), s.db, []string{x.A.ID, x.B.ID})
	if err != nil {
		return nil, err
	}
	why := -1
	if len(ms) == 2 {
		why = ms[0].like(ms[1])
	}
	waits, err := questionsOf(r.Context(), s.db, []string{x.A.ID, x.B.ID})
	if err != nil {
		return nil, err
	}
	return web.Show(compareView(r.Page, x, x.rows(r.Page, v), why, len(waits) > 0, r.FormKey()))
}

func (s *Service) fillMerge(r *web.Request) (map[string][]string, error) {
	x, err := s.compared(r, r.Page.Query)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{"keep": {x.keep()}}
	for f, side := range x.Choices {
		out[f] = []string{x.name(side)}
	}
	x.revise(out)
	return out, nil
}

// revise says which revisions the form is about.
func (x *sides) revise(f url.Values) {
	f["revision-a"], f["revision-b"] = []string{strconv.Itoa(x.A.Revision)}, []string{strconv.Itoa(x.B.Revision)}
}

// showMerge sums up what comes of a merge, before it is made.
func (s *Service) showMerge(r *web.Request, f *ui.Form) (templ.Component, error) {
	x, err := s.compared(r, f.Values)
	if err != nil {
		return nil, err
	}
	if len(f.Problems) > 0 {
		x.revise(f.Values) // what changed meanwhile is on this page now
	}
	v, err := s.Vocabulary(r.Context())
	if err != nil {
		return nil, err
	}
	out, err := x.outcome(v, time.Now())
	if pf := fault.Of(err); pf != nil && pf.Kind == fault.Invalid {
		if len(f.Problems) == 0 {
			f.Problems = pf.Problems
		}
	} else if err != nil {
		return nil, err
	}
	return mergeView(r.Page, f, x, out, x.merging.result(r.Page, v, out)), nil
}

func (s *Service) saveMerge(r *web.Request, f *ui.Form) (web.Next, error) {
	x, err := s.compared(r, f.Values)
	if err != nil {
		return web.Next{}, err
	}
	a, err1 := strconv.Atoi(f.Get("revision-a"))
	b, err2 := strconv.Atoi(f.Get("revision-b"))
	if err1 != nil || err2 != nil {
		return web.Next{}, fault.New(fault.Conflict, "group.merge.changed")
	}
	is := Revisions{a, b}
	if x.Kept == x.B {
		is = Revisions{b, a}
	}
	g, done, err := s.Merge(r.Context(), r.Viewer, x.Kept.Slug, x.Gone.Slug, x.Choices, is)
	if err != nil {
		return web.Next{}, err
	}
	if !done {
		return web.Next{To: "/group-duplicates", Done: "group.merge.asked.done"}, nil
	}
	return web.Next{To: g.Path(), Done: "group.merge.done"}, nil
}

func (s *Service) saveTell(r *web.Request, f *ui.Form) (web.Next, error) {
	ctx, a, b := r.Context(), r.PathValue("a"), r.PathValue("b")
	switch f.Get("say") {
	case "two":
		return web.Next{To: "/group-duplicates", Done: "group.pair.apart.done"}, s.TellApart(ctx, r.Viewer, a, b, true)
	case "maybe":
		return web.Next{To: "/group-duplicates", Done: "group.pair.maybe.done"}, s.TellApart(ctx, r.Viewer, a, b, false)
	case "withdraw":
		return web.Next{To: "/group-duplicates", Done: "group.merge.withdraw.done"}, s.Withdraw(ctx, r.Viewer, a, b)
	}
	return web.Next{}, fault.Wrong("say", "error.choice")
}

// showAnswer is what an organiser is asked about a merge.
func (s *Service) showAnswer(r *web.Request, f *ui.Form) (templ.Component, error) {
	x, err := s.Proposal(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	v, err := s.Vocabulary(r.Context())
	if err != nil {
		return nil, err
	}
	out, err := x.outcome(v, time.Now())
	if err != nil && !fault.Is(err, fault.Invalid) {
		return nil, err
	}
	return answerView(r.Page, f, x, out, x.result(r.Page, v, out)), nil
}

func (s *Service) saveAnswer(r *web.Request, f *ui.Form) (web.Next, error) {
	if _, err := forOrganiser(r.Context(), s.db, r.Viewer, r.PathValue("slug")); err != nil {
		return web.Next{}, err
	}
	yes := f.Get("answer") == "yes"
	if !yes && f.Get("answer") != "no" {
		return web.Next{}, fault.Wrong("answer", "error.choice")
	}
	kept, err1 := strconv.Atoi(f.Get("kept"))
	gone, err2 := strconv.Atoi(f.Get("gone"))
	if err1 != nil || err2 != nil {
		return web.Next{}, fault.New(fault.Conflict, "group.merge.changed")
	}
	g, done, err := s.Answer(r.Context(), r.Viewer, r.PathValue("slug"), f.Get("proposal"), yes, Revisions{kept, gone})
	switch {
	case err != nil:
		return web.Next{}, err
	case !yes:
		return web.Next{To: g.Path(), Done: "group.merge.no.done"}, nil
	case !done:
		return web.Next{To: g.Path(), Done: "group.merge.yes.done"}, nil
	}
	return web.Next{To: g.Path(), Done: "group.merge.done"}, nil
}

func (s *Service) saveUnmerge(r *web.Request, f *ui.Form) (web.Next, error) {
	kept, _, err := s.Unmerge(r.Context(), r.Viewer, r.PathValue("slug"), f.Get("gone"))
	if err != nil {
		return web.Next{}, err
	}
	to := kept.Path()
	if !r.Viewer.May(edit, kept.ID) && r.Viewer.May(editFree, "") {
		to = "/group-duplicates"
	} else if _, err := s.Read(context.WithoutCancel(r.Context()), r.Viewer, kept.Slug); err != nil || !kept.Published {
		to = "/you" // they may have been an organiser of the other one
	}
	return web.Next{To: to, Done: "group.unmerge.done"}, nil
}
