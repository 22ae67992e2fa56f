package member

import (
	"cmp"
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"sort"
	"strconv"

	"withus.example/platform/crowd"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const numbersPath = "/desk/numbers"

// numberPages are how many people there are, to look at and to take along.
func (s *Service) numberPages() []web.Route {
	return []web.Route{
		web.Get(numbersPath, counting, s.showNumbers),
		web.Get(numbersPath+".csv", counting, s.showNumbersFile),
	}
}

func (s *Service) showNumbers(r *web.Request) (*web.Answer, error) {
	n, err := s.Numbers(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(numbersView(r.Page, n))
}

// showNumbersFile is the same as a list. Every cell is a text of ours or a
// number: none can be a formula.
func (s *Service) showNumbersFile(r *web.Request) (*web.Answer, error) {
	n, err := s.Numbers(r.Context(), r.Viewer)
	return &web.Answer{Type: "text/csv; charset=utf-8", Name: "numbers-" + n.Day.Format("2006-01-02") + ".csv", Stream: func(w io.Writer) error {
		p := r.Page
		rows := [][]string{ui.ChartHead(p)}
		if n.All > 0 {
			rows = append(rows, []string{p.T("member.numbers.all"), "", strconv.Itoa(n.All)})
		}
		for _, c := range n.charts(p) {
			rows = append(rows, c.Rows()...)
		}
		return csv.NewWriter(w).WriteAll(rows)
	}}, err
}

func (n *Numbers) charts(p *ui.Page) []ui.Chart {
	named := func(id, title string, t crowd.Table, name func(code string) string) ui.Chart {
		c := ui.Chart{ID: id, Title: title}
		for _, code := range slices.Sorted(maps.Keys(t)) {
			c.Bars = append(c.Bars, ui.Bar{Text: name(code), N: t[code], Of: slices.Max(slices.Collect(maps.Values(t)))})
		}
		if len(t) > 0 && t[crowd.Others] > 0 { // the first by its code, and the last to read
			c.Bars = append(c.Bars[1:], c.Bars[0])
		}
		return c
	}
	country := named("country", p.T("member.numbers.country"), n.Country, func(code string) string { return cmp.Or(p.Country(code), p.T("member.numbers.elsewhere")) })
	if len(country.Bars) > 0 {
		named := country.Bars[:len(country.Bars)-1]
		sort.SliceStable(named, func(i, j int) bool { return named[i].N > named[j].N })
	}
	return []ui.Chart{
		named("kind", p.T("member.numbers.kind"), n.Kind, func(code string) string { return p.T("member.numbers.kind." + code) }),
		named("since", p.T("member.numbers.since"), n.Since, func(code string) string { return p.T("member.numbers.long." + cmp.Or(code, "others")) }),
		country,
	}
}
