#include "launch/commands/inspect_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/json_text.hpp"
#include "io/file/setting.hpp"

namespace sslslr {
namespace {

using nlohmann::json;

constexpr std::size_t most_rows = 30;  // of splits

std::string name_of_clip(const io::ClipIndex& index, std::int64_t clip) {
    const auto at = static_cast<std::size_t>(clip);
    return index.names.empty() || index.names[at].empty() ? fmt::format("#{}", clip) : index.names[at];
}

json counts_by_name(const std::map<std::int64_t, std::int64_t>& counts,
                    const std::vector<std::string>& names) {
    json by_name = json::object();
    for (const auto& [number, clips] : counts) {
        by_name[names[static_cast<std::size_t>(number)]] = clips;
    }
    return by_name;
}

json json_of_group(const io::ClipIndex& index, const io::StoreSurvey& survey, const io::GroupSurvey& group) {
    json missing = json::object();
    for (std::size_t part = 0; part < survey.parts.size(); ++part) {
        const auto share = group.missing[part];  // NaN of no frames
        missing[survey.parts[part]] = std::isnan(share) ? json{} : json(share);
    }
    return {{"clips", group.clips},
            {"frames", group.frames},
            {"unlabelled", group.unlabelled},
            {"unknown_signers", group.unknown_signers},
            {"clips_without_frames", group.empty},
            {"clips_without_detections", group.undetected},
            {"clips_without_hands", group.handless},
            {"duplicates", group.duplicates},
            {"lengths",
             {{"shortest", group.lengths[0]},
              {"lower_quartile", group.lengths[1]},
              {"median", group.lengths[2]},
              {"upper_quartile", group.lengths[3]},
              {"longest", group.lengths[4]},
              {"histogram", group.length_histogram}}},
            {"fps",
             {{"least", group.least_fps}, {"greatest", group.greatest_fps}, {"unknown", group.unknown_fps}}},
            {"labels", counts_by_name(group.clips_of_label, index.label_names)},
            {"signers", counts_by_name(group.clips_of_signer, index.signer_names)},
            {"missing", missing}};
}

json json_of_finding(const io::ClipIndex& index, const io::Finding& finding) {
    json clips = json::array();
    for (const auto clip : finding.clips) {
        clips.push_back(name_of_clip(index, clip));
    }
    return {{"name", finding.name},
            {"kind", finding.is_note ? "note" : "warning"},
            {"count", finding.count},
            {"what", io::as_options(finding.what)},
            {"clips", clips},
            {"examples", finding.examples},
            {"remedy", io::as_options(finding.remedy)}};
}

std::string percent(const json& share) {
    return share.is_null() ? "-" : fmt::format("{:.1f}", 100 * share.get<double>());
}

std::string rates_of(const json& fps) {
    const auto least = fps["least"].get<double>();
    const auto greatest = fps["greatest"].get<double>();
    if (greatest == 0) {
        return "-";
    }
    return least == greatest ? fmt::format("{:g}", least) : fmt::format("{:g} to {:g}", least, greatest);
}

std::vector<std::string> row_of(const std::string& name, const json& group) {
    const auto& lengths = group["lengths"];
    std::vector<std::string> row{
        name,
        io::json_text(group["clips"]),
        fmt::format("{}", group["labels"].size()),
        fmt::format("{}", group["signers"].size()),
        fmt::format("{} {} {} {} {}", lengths["shortest"].get<std::int64_t>(),
                    lengths["lower_quartile"].get<std::int64_t>(), lengths["median"].get<std::int64_t>(),
                    lengths["upper_quartile"].get<std::int64_t>(), lengths["longest"].get<std::int64_t>()),
        rates_of(group["fps"]),
        io::json_text(group["clips_without_frames"]),
        io::json_text(group["clips_without_hands"]),
        io::json_text(group["duplicates"])};
    for (const auto& [part, share] : group["missing"].items()) {
        row.push_back(percent(share));
    }
    return row;
}

/// Columns as wide as their widest entry; the first to the left, the others to the right.
std::string table_of(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(rows[0].size());
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], row[column].size());
        }
    }
    std::string text;
    for (const auto& row : rows) {
        text += fmt::format("  {:<{}}", row[0], widths[0]);
        for (std::size_t column = 1; column < row.size(); ++column) {
            text += fmt::format("  {:>{}}", row[column], widths[column]);
        }
        text += '\n';
    }
    return text;
}

std::string table_of_splits(const json& store) {
    std::vector<std::vector<std::string>> rows{{"split", "clips", "labels", "signers",
                                                "frames: least, quartiles, most", "fps", "no frames",
                                                "no hand", "twice"}};
    constexpr std::size_t most_parts = 6;
    for (const auto& [part, share] : store["missing"].items()) {
        rows[0].push_back("% " + part);
    }
    rows.push_back(row_of("(all clips)", store));
    for (const auto& [name, group] : store["splits"].items()) {
        if (rows.size() < most_rows) {
            rows.push_back(row_of(name, group));
        }
    }
    for (auto& row : rows) {
        row.resize(std::min(row.size(), row.size() - store["missing"].size() + most_parts));
    }
    auto text = table_of(rows);
    if (const auto shown = rows.size() - 2; shown < store["splits"].size()) {
        text += fmt::format("  ... and {} more splits, see --json\n", store["splits"].size() - shown);
    }
    return text;
}

/// "10 labels of 90 clips", "500 labels of 12 to 240 clips, median 80".
std::string text_of_counts(const json& counts, const char* one, const char* many) {
    std::vector<std::int64_t> clips;
    for (const auto& [name, count] : counts.items()) {
        clips.push_back(count.get<std::int64_t>());
    }
    if (clips.empty()) {
        return fmt::format("no {}", many);
    }
    std::ranges::sort(clips);
    const auto* const word = clips.size() == 1 ? one : many;
    return clips.front() == clips.back()
               ? fmt::format("{} {} of {} clips", clips.size(), word, clips.front())
               : fmt::format("{} {} of {} to {} clips, median {}", clips.size(), word, clips.front(),
                             clips.back(), clips[clips.size() / 2]);
}

std::string text_of_finding(const json& finding) {
    std::vector<std::string> named;
    for (const auto* const list : {"clips", "examples"}) {
        for (const auto& name : finding[list]) {
            named.push_back(name.get<std::string>());
        }
    }
    const bool are_more =
        !named.empty() && finding["count"].get<std::int64_t>() > static_cast<std::int64_t>(named.size());
    return fmt::format("  {}: {}{}{}{}\n           {}\n", finding["kind"].get<std::string>(),
                       finding["what"].get<std::string>(), named.empty() ? "" : ": ", fmt::join(named, ", "),
                       are_more ? ", ..." : "", finding["remedy"].get<std::string>());
}

}  // namespace

json json_of(const io::ClipStore& store, const io::StoreSurvey& survey,
             const std::vector<io::Finding>& findings) {
    const auto& index = store.index();
    auto all = json_of_group(index, survey, survey.all);
    all["kind"] = "clip store";
    all["points"] = index.point_names.size();
    all["coordinates"] = index.coordinates;
    all["dtype"] = store.is_float16() ? "float16" : "float32";
    all["length_edges"] = survey.length_edges;
    all["values"] = {{"detected", survey.values.values},
                     {"infinite", survey.values.infinite},
                     {"detected_in_plane", survey.values.plane_values},
                     {"outside", survey.values.outside},
                     {"zero", survey.values.zero},
                     {"constant", survey.values.constant}};
    all["splits"] = json::object();
    for (const auto& [name, group] : survey.splits) {
        all["splits"][name] = json_of_group(index, survey, group);
    }
    all["findings"] = json::array();
    for (const auto& finding : findings) {
        all["findings"].push_back(json_of_finding(index, finding));
    }
    all["attributes"] = index.attributes;
    all["fingerprint"] = store.fingerprint_text();
    return all;
}

std::string text_of_store(const json& store) {
    auto text = fmt::format("{}: clip store\n  {} clips of {} frames, {} points of {} as {}; {}; {}\n",
                            store["file"].get<std::string>(), store["clips"].get<std::int64_t>(),
                            store["frames"].get<std::int64_t>(), store["points"].get<std::int64_t>(),
                            store["attributes"].value("coordinates", "?"), store["dtype"].get<std::string>(),
                            text_of_counts(store["labels"], "label", "labels"),
                            text_of_counts(store["signers"], "signer", "signers"));
    for (const auto& [name, value] : store["attributes"].items()) {
        text += fmt::format("  {}: {}\n", name, value.get<std::string>());
    }
    text += fmt::format("  fingerprint: {}\n\n", store["fingerprint"].get<std::string>()) +
            table_of_splits(store) + "\n";
    if (store["findings"].empty()) {
        return text + "  nothing to warn of\n";
    }
    for (const auto& finding : store["findings"]) {
        text += text_of_finding(finding);
    }
    return text;
}

}  // namespace sslslr
