package e2e_test

import (
	"fmt"
	"path"
	"strings"
	"testing"
	"text/tabwriter"

	"aoc"
)

// What files are taken for.
const (
	unifiedLines    = "JSON Lines of Management Activity API records"
	directoryLines  = "JSON Lines of directory audits"
	signInLines     = "JSON Lines of sign-ins"
	intuneLines     = "JSON Lines of Intune audit events"
	foreignLines    = "JSON Lines, no audit records recognised"
	mixedLines      = "JSON Lines, mixed kinds"
	intuneEnvelopes = "JSON Lines of diagnostic records (Intune audit events)"
	signInEnvelopes = "JSON Lines of diagnostic records (sign-ins)"
	directoryPage   = "Graph page of directory audits"
)

// realFile is what importing a file must come to. Many of these records were made
// anonymous: different ones then have one id, and count as revisions.
type realFile struct {
	path, format                                  string
	read, fresh, duplicate, revision, quarantined int64
}

func (f realFile) counts() aoc.Counts {
	return aoc.Counts{Read: f.read, New: f.fresh, Duplicate: f.duplicate, Revision: f.revision, Quarantined: f.quarantined}
}

// realFiles are the files that are known, with what reading them without AOC gives.
func realFiles() []realFile {
	return []realFile{
		{"CraigRennich_DCSA-Sentinel-Workshop/a_directoryAudits_rebuilt_from_LogAnalytics.jsonl", directoryLines, 1, 1, 0, 0, 0},
		{"CraigRennich_DCSA-Sentinel-Workshop/b_signIns_rebuilt_from_LogAnalytics.jsonl", signInLines, 20, 20, 0, 0, 0},
		{"CraigRennich_DCSA-Sentinel-Workshop/unwrappable_LogAnalytics_OfficeActivity.jsonl", foreignLines, 82, 0, 0, 0, 82},
		{"CraigRennich_DCSA-Sentinel-Workshop/unwrappable_LogAnalytics_SigninLogs.jsonl", foreignLines, 20, 0, 0, 0, 20},
		{"DataDog_stratus-red-team/a_directoryAudits_partial.jsonl", directoryLines, 3, 3, 0, 0, 0},
		{"MicrosoftDocs_office-365-management-api/d_Audit.AzureActiveDirectory.jsonl", unifiedLines, 3, 3, 0, 0, 0},
		{"MicrosoftDocs_office-365-management-api/d_Audit.Exchange.jsonl", unifiedLines, 2, 2, 0, 0, 0},
		{"MicrosoftDocs_office-365-management-api/d_Audit.General.jsonl", unifiedLines, 8, 8, 0, 0, 0},
		{"MicrosoftDocs_office-365-management-api/envelope_api_messages.jsonl", foreignLines, 11, 0, 0, 0, 11},
		{"SEKOIA-IO_intake-formats/a_directoryAudits.jsonl", directoryLines, 23, 23, 0, 0, 0},
		{"SEKOIA-IO_intake-formats/a_directoryAudits_from_diag.jsonl", directoryLines, 3, 3, 0, 0, 0},
		{"SEKOIA-IO_intake-formats/b_signIns_from_diag.jsonl", signInLines, 1, 1, 0, 0, 0},
		{"SEKOIA-IO_intake-formats/c_intune_diag_envelope.jsonl", intuneEnvelopes, 2, 2, 0, 0, 0},
		{"SEKOIA-IO_intake-formats/d_Audit.AzureActiveDirectory.jsonl", unifiedLines, 4, 4, 0, 0, 0},
		{"SEKOIA-IO_intake-formats/d_Audit.Exchange.jsonl", unifiedLines, 8, 6, 0, 2, 0},
		{"SEKOIA-IO_intake-formats/d_Audit.General.jsonl", unifiedLines, 10, 9, 0, 1, 0},
		{"SEKOIA-IO_intake-formats/d_Audit.SharePoint.jsonl", unifiedLines, 3, 3, 0, 0, 0},
		{"SEKOIA-IO_intake-formats/envelope_azure_diag_entra.jsonl", mixedLines, 4, 4, 0, 0, 0},
		{"SEKOIA-IO_intake-formats/unwrappable_intune_other.jsonl", foreignLines, 1, 0, 0, 0, 1},
		{"SEKOIA-IO_intake-formats/unwrappable_other_diag.jsonl", "JSON Lines of diagnostic records (risk detections)", 1, 1, 0, 0, 0},
		{"criblpacks_cribl-graph/b_signIns.jsonl", signInLines, 2, 1, 0, 1, 0},
		{"derived_intune_graph_shape/c_auditEvents_DERIVED.jsonl", intuneLines, 6, 6, 0, 0, 0},
		{"elastic_integrations/a_directoryAudits_from_diag.jsonl", directoryLines, 1, 1, 0, 0, 0},
		{"elastic_integrations/b_signIns_from_diag.jsonl", signInLines, 1, 1, 0, 0, 0},
		{"elastic_integrations/d_Audit.Exchange_edgecases.jsonl", unifiedLines, 1, 1, 0, 0, 0},
		{"elastic_integrations/d_Audit.General.jsonl", unifiedLines, 1, 1, 0, 0, 0},
		{"elastic_integrations/d_Audit.General_edgecases.jsonl", unifiedLines, 7, 4, 0, 3, 0},
		{"elastic_integrations/d_DLP.All.jsonl", unifiedLines, 2, 2, 0, 0, 0},
		{"invictus-ir_o365_dataset/d_ALL_as_exported_with_duplicates.jsonl", unifiedLines, 1982, 1723, 259, 0, 0},
		{"invictus-ir_o365_dataset/d_Audit.AzureActiveDirectory.jsonl", unifiedLines, 422, 422, 0, 0, 0},
		{"invictus-ir_o365_dataset/d_Audit.Exchange.jsonl", unifiedLines, 1096, 1096, 0, 0, 0},
		{"invictus-ir_o365_dataset/d_Audit.General.jsonl", unifiedLines, 61, 61, 0, 0, 0},
		{"invictus-ir_o365_dataset/d_Audit.SharePoint.jsonl", unifiedLines, 144, 144, 0, 0, 0},
		{"microsoftgraph_microsoft-graph-docs/a_directoryAudits.jsonl", directoryLines, 4, 1, 0, 3, 0},
		{"microsoftgraph_microsoft-graph-docs/b_signIns.jsonl", signInLines, 4, 3, 0, 1, 0},
		{"microsoftgraph_microsoft-graph-docs/c_auditEvents.jsonl", intuneLines, 2, 1, 0, 1, 0},
		{"microsoftgraph_microsoft-graph-docs/envelope_graph_pages.jsonl", mixedLines, 11, 5, 2, 4, 0},
		{"panther-labs_panther-analysis/a_directoryAudits_from_diag.jsonl", directoryLines, 13, 7, 0, 6, 0},
		{"panther-labs_panther-analysis/b_signIns_from_diag.jsonl", signInLines, 12, 12, 0, 0, 0},
		{"panther-labs_panther-analysis/c_intune_diag_envelope.jsonl", intuneEnvelopes, 4, 4, 0, 0, 0},
		{"panther-labs_panther-analysis/d_Audit.AzureActiveDirectory.jsonl", unifiedLines, 2, 1, 0, 1, 0},
		{"panther-labs_panther-analysis/unwrappable_azure_audit.jsonl", signInEnvelopes, 4, 2, 0, 1, 1},
		{"panther-labs_panther-analysis/unwrappable_intune_other.jsonl", foreignLines, 2, 0, 0, 0, 2},
		{"panther-labs_panther-analysis/unwrappable_m365_lowercased.jsonl", unifiedLines, 10, 1, 0, 9, 0},
		{"panther-labs_panther-analysis/unwrappable_other.jsonl", foreignLines, 4, 0, 0, 0, 4},
		{"tenzir_library/a_directoryAudits.jsonl", directoryLines, 4, 4, 0, 0, 0},
		{"tenzir_library/b_signIns.jsonl", signInLines, 1, 1, 0, 0, 0},
		{"wazuh_wazuh/a_directoryAudits.jsonl", directoryLines, 2, 1, 0, 1, 0},
		{"wazuh_wazuh/envelope_graph_page.jsonl", directoryPage, 2, 1, 0, 1, 0},
		{"wazuh_wazuh/unwrappable_office365_synthetic.jsonl", unifiedLines, 128, 2, 0, 125, 1},
		{"wazuh_wazuh-documentation/c_auditEvents.jsonl", intuneLines, 1, 1, 0, 0, 0},
	}
}

// realTable gathers what became of the files: records read, new, duplicate, revised and
// quarantined (BAD).
type realTable struct {
	expected map[string]realFile
	text     strings.Builder
	out      *tabwriter.Writer
}

func newRealTable() *realTable {
	r := &realTable{expected: make(map[string]realFile)}
	for _, f := range realFiles() {
		r.expected[f.path] = f
	}
	r.out = tabwriter.NewWriter(&r.text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(r.out, "FILE\tTAKEN FOR\t| EXPECTED\tREAD\tNEW\tDUP\tREV\tBAD\t| COUNTED\tREAD\tNEW\tDUP\tREV\tBAD\t| AGAIN\tNEW")
	return r
}

// add compares a file with what is known of it, which is nothing for files that others put
// there.
func (r *realTable) add(t *testing.T, name string, x imported) {
	t.Helper()
	expected := strings.Repeat("?\t", 5)
	if want, ok := r.expected[name]; ok {
		delete(r.expected, name)
		expected = columns(want.counts())
		if x.format != want.format || x.first != want.counts() {
			t.Errorf("taken for %q: %+v; want %q: %+v", x.format, x.first, want.format, want.counts())
		}
	}
	dir, file := path.Split(name)
	if len(dir) > 12 {
		dir = dir[:12] + "…/"
	}
	fmt.Fprintf(r.out, "%s\t%s\t|\t%s|\t%s|\t%d\n", dir+file, x.format, expected, columns(x.first), x.again.New)
}

func columns(c aoc.Counts) string {
	return fmt.Sprintf("%d\t%d\t%d\t%d\t%d\t", c.Read, c.New, c.Duplicate, c.Revision, c.Quarantined)
}

// print prints the table and complains about files that are known and were not there.
func (r *realTable) print(t *testing.T) {
	t.Helper()
	for name := range r.expected {
		t.Errorf("%s is not there", name)
	}
	if err := r.out.Flush(); err != nil {
		t.Error(err)
	}
	t.Log("\n" + r.text.String())
}
