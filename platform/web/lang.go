package web

import (
	"net/http"
	"strings"

	"withus.example/platform/i18n"
)

// lang is the language a reader chose in the address or before, or wishes for.
func (s *Server) lang(w http.ResponseWriter, r *http.Request) *i18n.Lang {
	if strings.Contains(r.URL.RawQuery, "lang=") {
		if l := s.Langs.Get(r.URL.Query().Get("lang")); l != nil {
			if c, err := r.Cookie(s.cookie("lang")); err != nil || c.Value != l.Code {
				s.setCookie(w, &http.Cookie{Name: s.cookie("lang"), Value: l.Code, MaxAge: 365 * 24 * 3600})
			}
			return l
		}
	}
	if len(r.Header["Cookie"]) > 0 {
		if c, err := r.Cookie(s.cookie("lang")); err == nil {
			if l := s.Langs.Get(c.Value); l != nil {
				return l
			}
		}
	}
	return s.Langs.Match(r.Header.Get("Accept-Language"))
}
