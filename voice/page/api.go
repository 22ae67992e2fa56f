package page

import (
	"context"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/web"
)

// api is the pages that everybody sees, as JSON. They are written on the site.
func (s *Service) api() []web.Route {
	return []web.Route{
		web.API("GET", "/pages", read, web.Operation{ID: "list-pages", Summary: "List the network's ordinary pages", Tag: "page"}, s.apiList),
		web.API("GET", "/pages/{page}", read, web.Operation{ID: "read-page", Summary: "Read one of the network's ordinary pages", Tag: "page"}, s.apiRead),
	}
}

// apiPage is a page in one language.
type apiPage struct {
	Slug      string   `json:"slug"`
	URL       string   `json:"url"`
	Language  string   `json:"language" doc:"the language of title and body"`
	Languages []string `json:"languages" doc:"those the page can be read in"`
	Title     string   `json:"title"`
	Body      string   `json:"body,omitempty" doc:"HTML: paragraphs, headings, lists, quotations, links"`
}

func (s *Service) apiPage(p *Page, l *i18n.Lang) apiPage {
	t := p.In(l.Code, s.langs)
	out := apiPage{Slug: p.Slug, URL: s.site.Origin + p.Path(), Language: t.Lang, Title: t.Title, Languages: []string{}}
	for _, l := range s.langs.Langs {
		if p.In(l.Code, s.langs).Lang == l.Code {
			out.Languages = append(out.Languages, l.Code)
		}
	}
	return out
}

type apiPagesIn struct {
	Language string `query:"language" maxLength:"35" doc:"the language to read in, where a page has it"`
}

type apiPagesOut struct {
	Body struct {
		Pages []apiPage `json:"pages"`
	}
}

func (s *Service) apiList(ctx context.Context, in *apiPagesIn) (*apiPagesOut, error) {
	l, err := s.asked(in.Language)
	if err != nil {
		return nil, err
	}
	ps, err := all(ctx, s.db, []string{access.Public}, maxPages)
	out := &apiPagesOut{}
	out.Body.Pages = []apiPage{}
	for _, p := range ps {
		out.Body.Pages = append(out.Body.Pages, s.apiPage(p, l))
	}
	return out, err
}

type apiPageIn struct {
	Page     string `path:"page" maxLength:"300" doc:"the last part of its address"`
	Language string `query:"language" maxLength:"35" doc:"the language to read in, if the page has it"`
}

type apiPageOut struct{ Body apiPage }

func (s *Service) apiRead(ctx context.Context, in *apiPageIn) (*apiPageOut, error) {
	l, err := s.asked(in.Language)
	if err != nil {
		return nil, err
	}
	p, err := bySlug(ctx, s.db, []string{access.Public}, in.Page)
	if err != nil {
		return nil, err
	}
	out := &apiPageOut{s.apiPage(p, l)}
	out.Body.Body = shownBody(p.In(l.Code, s.langs))
	return out, nil
}

// asked is a language by its code, the network's first for none.
func (s *Service) asked(code string) (*i18n.Lang, error) {
	if code == "" {
		return s.langs.Langs[0], nil
	}
	if l := s.langs.Get(code); l != nil {
		return l, nil
	}
	return nil, fault.Wrong("language", "error.choice")
}
