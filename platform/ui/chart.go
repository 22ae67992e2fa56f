package ui

import "strconv"

// Chart is a table of numbers with a bar in each line.
type Chart struct {
	ID, Title string
	Bars      []Bar // none: there are too few people to show
}

// Bar is a line of one.
type Bar struct {
	Text string
	N    int
	Of   int // the longest bar's number
}

// ChartHead is the first row of a file of charts: what was counted, which, how many.
func ChartHead(p *Page) []string {
	return []string{p.T("ui.chart.what"), p.T("ui.chart.which"), p.T("ui.chart.people")}
}

// Rows are the lines as those of a file. Every cell is a text of
// ours or a number: none can be a formula.
func (c Chart) Rows() (out [][]string) {
	for _, b := range c.Bars {
		out = append(out, []string{c.Title, b.Text, strconv.Itoa(b.N)})
	}
	return out
}
