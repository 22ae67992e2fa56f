package group

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/list"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// importPages are where the network team brings lists of groups.
func (s *Service) importPages() []web.Route {
	return []web.Route{
		web.FormAt("/group-imports", importGroups, web.Form{Files: []string{"file"}, Show: s.showUploads, Save: s.saveUpload}),
		web.Get("/group-imports/{import}", importGroups, s.showUpload),
		web.FormAt("/group-imports/{import}/columns", importGroups, web.Form{Fields: []string{"column-*"}, Fill: s.fillColumns, Show: s.showColumns, Save: s.saveColumns}),
		web.Do("/group-imports/{import}/take", importGroups, s.saveTake, "agreed", "round"),
		web.Do("/group-imports/{import}/delete", importGroups, s.saveDropList),
		web.Get("/group-imports/{import}/report.csv", importGroups, s.showReportFile),
	}
}

// Path is the list's address.
func (u *Upload) Path() string { return "/group-imports/" + u.ID }

// way is where somebody goes on with a list.
func (u *Upload) way() string {
	if u.State == choosing {
		return u.Path() + "/columns"
	}
	return u.Path()
}

// working says whether a job is at it.
func (u *Upload) working() bool { return u.State == checking || u.State == taking }

func (s *Service) showUploads(r *web.Request, f *ui.Form) (templ.Component, error) {
	us, err := s.Uploads(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return uploadsView(r.Page, f, us), nil
}

func (s *Service) saveUpload(r *web.Request, f *ui.Form) (web.Next, error) {
	id, err := s.BringList(r.Context(), r.Viewer, f.Files["file"])
	if err != nil {
		return web.Next{}, inWords(err, r.Page)
	}
	return web.Next{To: "/group-imports/" + id}, nil
}

// inWords is what is wrong with a file, for whoever sent it.
func inWords(err error, p *ui.Page) error {
	n, ok := errors.AsType[list.Note](err)
	if !ok {
		return err
	}
	args := n.Args
	if n.Of != nil {
		args = append(slices.Clip(args), "why", n.Of.In(p.T))
	}
	return fault.Wrong("file", n.Key, args...)
}

func (s *Service) showUpload(r *web.Request) (*web.Answer, error) {
	u, err := s.Upload(r.Context(), r.Viewer, r.PathValue("import"))
	if err != nil {
		return nil, err
	}
	if u.State == choosing {
		return &web.Answer{To: u.way()}, nil
	}
	seen, err := s.remarked(r, u)
	if err != nil {
		return nil, err
	}
	a := &web.Answer{Page: uploadView(r.Page, u, seen, r.FormKey())}
	if u.working() { // nothing can be typed on this page, so nothing is lost
		a.Header("Refresh", "4")
	}
	return a, nil
}

// remarked are the groups that the remarks of a list are about, as far as the
// reader may see them.
func (s *Service) remarked(r *web.Request, u *Upload) (map[string]Brief, error) {
	var ids []string
	for _, x := range u.Account.Remarks {
		ids = append(ids, x.Groups...)
	}
	slices.Sort(ids)
	out := map[string]Brief{}
	for some := range slices.Chunk(slices.Compact(ids), 500) {
		gs, err := briefs(r.Context(), s.db, r.Viewer.ByAddress(), some)
		if err != nil {
			return nil, err
		}
		for _, g := range gs {
			out[g.ID] = g
		}
	}
	return out, nil
}

// columnField is the field of the form about a column of the file; 0 is the
// first.
func columnField(i int) string { return "column-" + strconv.Itoa(i+1) }

// noColumn is chosen for a column that fills nothing.
const noColumn = "none"

func (s *Service) fillColumns(r *web.Request) (map[string][]string, error) {
	u, err := s.Upload(r.Context(), r.Viewer, r.PathValue("import"))
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for i, name := range u.Columns {
		if name == "" {
			name = noColumn
		}
		out[columnField(i)] = []string{name}
	}
	return out, nil
}

func (s *Service) showColumns(r *web.Request, f *ui.Form) (templ.Component, error) {
	u, head, err := s.UploadHead(r.Context(), r.Viewer, r.PathValue("import"))
	if err != nil {
		return nil, err
	}
	return columnsView(r.Page, f, u, columnQuestions(r.Page, head)), nil
}

// columnQuestions ask what each column of a file is, with its first values.
func columnQuestions(p *ui.Page, head *list.Head) (out []ui.Field) {
	options := []ui.Option{{Value: noColumn, Text: p.T("group.import.none")}}
	for _, c := range full {
		options = append(options, ui.Option{Value: c.name, Text: p.T("group.import.column." + c.name)})
	}
	for i, c := range head.Columns {
		q := ui.Field{Name: columnField(i), Label: c.Header, Options: options}
		if q.Label == "" {
			q.Label = p.T("group.import.column-n", "n", i+1)
		}
		if len(c.Values) > 0 {
			q.Hint = strings.Join(c.Values, " · ")
		}
		out = append(out, q)
	}
	return out
}

func (s *Service) saveColumns(r *web.Request, f *ui.Form) (web.Next, error) {
	_, head, err := s.UploadHead(r.Context(), r.Viewer, r.PathValue("import"))
	if err != nil {
		return web.Next{}, err
	}
	columns := make([]string, len(head.Columns))
	for i := range columns {
		if columns[i] = f.Get(columnField(i)); columns[i] == noColumn {
			columns[i] = ""
		}
	}
	for name := range f.Values {
		if n, err := strconv.Atoi(strings.TrimPrefix(name, "column-")); err != nil || n < 1 || n > len(columns) || name != columnField(n-1) {
			return web.Next{}, fault.Wrong(name, "error.unknown-field")
		}
	}
	id := r.PathValue("import")
	return web.Next{To: "/group-imports/" + id}, s.CheckList(r.Context(), r.Viewer, id, columns)
}

func (s *Service) saveTake(r *web.Request, f *ui.Form) (web.Next, error) {
	id := r.PathValue("import")
	round, err := strconv.Atoi(f.Get("round"))
	if err != nil {
		return web.Next{}, fault.New(fault.Conflict, "group.import.moved")
	}
	return web.Next{To: "/group-imports/" + id}, s.TakeList(r.Context(), r.Viewer, id, round, f.Get("agreed") == "yes")
}

func (s *Service) saveDropList(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: "/group-imports", Done: "group.import.delete.done"}, s.DropList(r.Context(), r.Viewer, r.PathValue("import"))
}

// showReportFile is what came of a list as a table, in the reader's language.
func (s *Service) showReportFile(r *web.Request) (*web.Answer, error) {
	u, err := s.Upload(r.Context(), r.Viewer, r.PathValue("import"))
	if err != nil {
		return nil, err
	}
	if u.State != done && u.State != stopped {
		return nil, fault.Missing()
	}
	seen, err := s.remarked(r, u)
	if err != nil {
		return nil, err
	}
	a := &web.Answer{Type: "text/csv; charset=utf-8", Name: "import-" + u.At.UTC().Format("2006-01-02") + ".csv", Stream: func(w io.Writer) error {
		return writeAccount(w, r.Page, u, seen)
	}}
	return a.Header("Cache-Control", "no-store"), nil
}

func writeAccount(w io.Writer, p *ui.Page, u *Upload, seen map[string]Brief) error {
	c := csv.NewWriter(w)
	row := func(cells ...string) error {
		for i := range cells {
			cells[i] = list.Safe(cells[i])
		}
		return c.Write(cells)
	}
	err := row(p.T("group.import.csv.line"), p.T("group.import.csv.name"), p.T("group.import.csv.what"), p.T("group.import.csv.why"), p.T("group.import.csv.groups"))
	for _, what := range remarks {
		for _, x := range u.Account.of(what) {
			var groups []string
			for _, id := range x.Groups {
				if g, ok := seen[id]; ok {
					groups = append(groups, g.Name+" ("+id+")")
				} else {
					groups = append(groups, p.T("group.import.unseen"))
				}
			}
			if err == nil {
				err = row(strconv.Itoa(x.Line), x.Name, p.T("group.import.part."+what), x.say(p), strings.Join(groups, "; "))
			}
		}
	}
	c.Flush()
	if err == nil {
		err = c.Error()
	}
	return err
}

// say is a remark in the reader's words, but for its name and its groups.
func (x *Remark) say(p *ui.Page) string {
	var out []string
	switch {
	case x.Column != "" && x.Why.Key != "":
		out = append(out, p.T("group.import.left", "text", x.Text, "column", p.T("group.import.column."+x.Column), "why", x.Why.In(p.T)))
	case x.Column != "":
		out = append(out, p.T("group.import.left-short", "column", p.T("group.import.column."+x.Column)))
	case x.Why.Key != "":
		out = append(out, x.Why.In(p.T))
	}
	for _, f := range x.Fields {
		out = append(out, p.T("group.import.column."+f))
	}
	if x.As != 0 {
		out = append(out, p.T("group.import.as-line", "n", x.As))
	}
	return strings.Join(out, p.T("i18n.comma"))
}
