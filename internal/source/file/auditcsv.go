package file

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"aoc/internal/rawjson"
)

// auditColumn is the column of a Unified Audit Log export that holds the raw record.
const auditColumn = "auditdata"

// csvHeader recognises a Unified Audit Log export by the AuditData column in its header.
func csvHeader(head []byte) (recognised, bool) {
	for _, delimiter := range delimiters {
		columns, preamble := headerColumns(head, delimiter)
		if auditIndex(columns) < 0 {
			continue
		}
		return recognised{
			layout: layoutCSV, container: csvContainer(columns),
			delimiter: delimiter, preamble: preamble,
		}, true
	}
	return recognised{}, false
}

// auditIndex gives the index of the AuditData column, -1 without one.
func auditIndex(columns []string) int {
	return slices.IndexFunc(columns, func(c string) bool { return strings.EqualFold(c, auditColumn) })
}

// csvContainer tells whose export it is by the columns that only one of them has.
func csvContainer(columns []string) string {
	for _, c := range columns {
		switch strings.ToLower(c) {
		case "recordid", "associatedadminunits":
			return "Unified Audit Log CSV (Purview export)"
		case "pscomputername", "runspaceid", "resultindex", "identity", "userids":
			return "Unified Audit Log CSV (Search-UnifiedAuditLog)"
		}
	}
	return "Unified Audit Log CSV"
}

// csv reads the rows of a Unified Audit Log export.
func (r *reading) csv(text *bufio.Reader, found recognised) error {
	rows := newRowReader(text, r.unit.ID, found.delimiter)
	for range found.preamble {
		if err := rows.skipLine(); err != nil {
			return err
		}
	}
	if err := rows.read(); err != nil {
		return err
	}
	column := auditIndex(rows.columns())
	for {
		err := rows.read()
		switch {
		case errors.Is(err, io.EOF):
			return r.ctx.Err()
		case errors.Is(err, io.ErrUnexpectedEOF) && len(rows.row) > 0:
			r.emit(finding{
				raw:     bytes.Clone(bytes.TrimSpace(rows.row)),
				problem: fmt.Sprintf("the row at line %d is cut off, or a quote in it is not closed; export the file again", rows.line),
			}, atLine(rows.line))
			return r.ctx.Err()
		case err != nil:
			return err
		}
		if again := rows.headerAgain(column); again >= 0 {
			column = again
			continue
		}
		if !r.row(rows, column) {
			return r.ctx.Err()
		}
	}
}

// headerAgain gives the index of the AuditData column if the row is a header, which is
// no record: files that were put together have one in the middle. -1 for a plain row.
func (rr *rowReader) headerAgain(column int) int {
	if data := bytes.TrimSpace(rr.cell(column)); len(data) > 0 && data[0] == '{' {
		return -1
	}
	return auditIndex(rr.columns())
}

// row emits the record of one row.
func (r *reading) row(rows *rowReader, column int) bool {
	place := atLine(rows.line)
	data := bytes.TrimSpace(rows.cell(column))
	problem := ""
	switch {
	case len(rows.cells) <= column:
		problem = fmt.Sprintf("the row at line %d has only %d of the header's columns and no AuditData", rows.line, len(rows.cells))
	case len(data) == 0:
		problem = fmt.Sprintf("the row at line %d has an empty AuditData cell, so there is no record in it", rows.line)
	case !rawjson.Valid(data):
		return r.emit(finding{raw: data, problem: badAuditData(data, fmt.Sprintf("at line %d", rows.line))}, place)
	}
	if problem != "" {
		return r.emit(finding{raw: bytes.Clone(bytes.TrimSpace(rows.row)), problem: problem}, place)
	}
	return auditData(data, shapePlain, func(f finding) bool { return r.emit(f, place) })
}

// excelCell is the most characters a cell of an Excel sheet can hold.
const excelCell = 32767

// badAuditData tells what is wrong with an AuditData text that is no JSON.
func badAuditData(data []byte, where string) string {
	switch {
	case bytes.HasPrefix(data, []byte("Microsoft.Graph.")), bytes.HasPrefix(data, []byte("System.")), bytes.HasPrefix(data, []byte("@{")):
		return fmt.Sprintf("AuditData %s is the name of a PowerShell object, not its content; export it with ConvertTo-Json", where)
	case data[0] == '{' && len(data) >= excelCell-1 && len(data) <= excelCell+1:
		return fmt.Sprintf("AuditData %s was cut at 32,767 characters, as Excel does; export it again and do not save it in Excel", where)
	case data[0] == '{':
		return fmt.Sprintf("AuditData %s is not valid JSON: cut off or damaged after export", where)
	}
	return fmt.Sprintf("AuditData %s is not JSON", where)
}
