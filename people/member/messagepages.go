package member

import (
	"net/url"

	"github.com/a-h/templ"

	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	messagesPath = "/you/messages"
	doRead       = "read"
	doDrop       = "drop"
)

// messagePages are where somebody reads what is not mailed to them.
func (s *Service) messagePages() []web.Route {
	return []web.Route{
		web.Get(messagesPath, reading, s.showMessages).Reads("before"),
		web.FormAt(messagesPath+"/{id}", reading, web.Form{Fields: []string{"do"}, Show: s.showMessage, Save: s.saveMessage}),
		web.Do(messagesPath+"/read", reading, s.saveReadAll),
	}
}

func (s *Service) showMessages(r *web.Request) (*web.Answer, error) {
	all, more, err := s.Messages(r.Context(), r.Viewer, r.Page.Query.Get("before"))
	if err != nil {
		return nil, err
	}
	next := ""
	if more {
		next = messagesPath + "?before=" + url.QueryEscape(all[len(all)-1].ID)
	}
	return web.Show(messagesView(r.Page, all, next, r.FormKey()))
}

func (s *Service) showMessage(r *web.Request, f *ui.Form) (templ.Component, error) {
	m, err := s.Message(r.Context(), r.Viewer, r.PathValue("id"))
	return messageView(r.Page, f, m), err
}

func (s *Service) saveMessage(r *web.Request, f *ui.Form) (web.Next, error) {
	if f.Get("do") == doDrop {
		return web.Next{To: messagesPath, Done: "member.message.dropped.done"}, s.DropMessage(r.Context(), r.Viewer, r.PathValue("id"))
	}
	return web.Next{To: messagesPath}, s.HaveRead(r.Context(), r.Viewer, r.PathValue("id"))
}

func (s *Service) saveReadAll(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: messagesPath}, s.HaveRead(r.Context(), r.Viewer, "")
}
