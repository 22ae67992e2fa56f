package member

import (
	"cmp"
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"sort"
	"strconv"

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
		rows := [][]string{{p.T("member.numbers.what"), p.T("member.numbers.which"), p.T("member.numbers.people")}}
		if n.All > 0 {
			rows = append(rows, []string{p.T("member.numbers.all"), "", strconv.Itoa(n.All)})
		}
		for _, c := range n.charts(p) {
			for _, b := range c.bars {
				rows = append(rows, []string{c.title, b.text, strconv.Itoa(b.n)})
			}
		}
		return csv.NewWriter(w).WriteAll(rows)
	}}, err
}

// chart is a table of numbers, in the reader's words.
type chart struct {
	id, title string
	bars      []bar
}

// bar is a line of one.
type bar struct {
	text string
	n    int
	long int // in hundredths of the longest
}

func (n *Numbers) charts(p *ui.Page) []chart {
	named := func(id, title string, t table, name func(code string) string) chart {
		c := chart{id: id, title: title}
		for _, code := range slices.Sorted(maps.Keys(t)) {
			c.bars = append(c.bars, bar{name(code), t[code], t[code] * 100 / slices.Max(slices.Collect(maps.Values(t)))})
		}
		if len(t) > 0 && t[others] > 0 { // the first by its code, and the last to read
			c.bars = append(c.bars[1:], c.bars[0])
		}
		return c
	}
	country := named("country", p.T("member.numbers.country"), n.Country, func(code string) string { return cmp.Or(p.Country(code), p.T("member.numbers.elsewhere")) })
	if len(country.bars) > 0 {
		named := country.bars[:len(country.bars)-1]
		sort.SliceStable(named, func(i, j int) bool { return named[i].n > named[j].n })
	}
	return []chart{
		named("kind", p.T("member.numbers.kind"), n.Kind, func(code string) string { return p.T("member.numbers.kind." + code) }),
		named("since", p.T("member.numbers.since"), n.Since, func(code string) string { return p.T("member.numbers.long." + cmp.Or(code, "others")) }),
		country,
	}
}
