#include "io/import/metadata.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>
#include <span>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "io/data_error.hpp"
#include "io/import/folder_tree.hpp"
#include "io/import/text_table.hpp"
#include "io/posix_file.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::array<const char*, 3> usual_splits{"train", "val", "test"};
constexpr std::size_t most_shown = 3;
constexpr int deepest_json = 32;

std::string stem_of(const std::string& file) {
    const auto slash = file.find_last_of("/\\");
    const auto name = slash == std::string::npos ? file : file.substr(slash + 1);
    const auto dot = name.rfind('.');
    return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

json parse(const fs::path& path) {
    // What lies deeper is dropped: no list of clips is, and some functions of the library recurse.
    const auto is_shallow = [](int depth, json::parse_event_t, json&) { return depth <= deepest_json; };
    auto content = json::parse(read_text(path), is_shallow, false);
    if (content.is_discarded()) {
        throw DataError{path, "expected JSON, found something else or a file that is cut off"};
    }
    return content;
}

std::vector<std::string> names_of(const fs::path& path, const json& list) {
    if (!list.is_array() || !std::ranges::all_of(list, [](const json& each) { return each.is_string(); })) {
        throw DataError{path, "expected a flat list of clip names, found another structure"};
    }
    return list.get<std::vector<std::string>>();
}

double number_in(const TextTable& table, std::size_t row, std::size_t column) {
    const auto& text = table.row(row)[column];
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw DataError{table.path(), fmt::format("row {}: expected a number, found '{}'", row + 2, text)};
    }
    return value;
}

Metadata read_lsfb(const fs::path& folder) {
    Metadata metadata;
    const TextTable instances{folder / "instances.csv", ',', true};
    const auto id = instances.column({"id"});
    const auto sign = instances.column({"sign"});
    const auto signer = instances.column({"signer", "signer_id"});
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t row = 0; row < instances.rows(); ++row) {
        const auto& fields = instances.row(row);
        if (!places.emplace(fields[id], row).second) {
            throw DataError{instances.path(), fmt::format("row {}: expected each id once, found '{}' again",
                                                          row + 2, fields[id])};
        }
        metadata.entries.push_back({.clip = fields[id], .label = fields[sign], .signer = fields[signer]});
    }
    if (const auto path = folder / "metadata" / "sign_to_index.csv"; fs::exists(path)) {
        const TextTable signs{path, ',', true};
        const auto name = signs.column({"sign"});
        const auto number = signs.column({"class"});
        std::vector<std::pair<double, std::string>> ranked;
        for (std::size_t row = 0; row < signs.rows(); ++row) {
            ranked.emplace_back(number_in(signs, row, number), signs.row(row)[name]);
        }
        std::ranges::sort(ranked);
        for (auto& each : ranked) {
            metadata.labels.push_back(std::move(each.second));
        }
    }
    if (const auto splits = folder / "metadata" / "splits"; fs::exists(splits)) {
        for (const auto& file : files_in(splits, ".json")) {
            const auto split = stem_of(file);
            for (const auto& name : names_of(splits / file, parse(splits / file))) {
                if (const auto place = places.find(name); place != places.end()) {
                    metadata.entries[place->second].splits.push_back(split);
                } else {
                    throw DataError{splits / file, "expected ids of " + instances.path().string() +
                                                       ", found '" + name + "'"};
                }
            }
        }
    }
    return metadata;
}

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t\"");
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\"") - begin + 1);
}

Metadata read_lsa64(const fs::path& path) {
    Metadata metadata{.names_tell = true};
    if (fs::is_directory(path)) {
        return metadata;
    }
    const auto text = read_text(path);
    const std::regex line{R"(^\s*(\d{1,3})\s*[,|;\t]\s*([^,|;\t\r\n]+).*)"};
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        // std::regex recurses: no line of such a file is long.
        auto row = text.substr(begin, std::min<std::size_t>(end - begin, 200));
        if (row.ends_with('\r')) {
            row.pop_back();
        }
        if (std::smatch found; std::regex_match(row, found, line)) {
            metadata.label_names[fmt::format("{:03}", std::stoi(found[1]))] = trimmed(found[2]);
        }
        begin = end + 1;
    }
    if (metadata.label_names.empty()) {
        throw DataError{path, "expected lines such as '01|Opaque|R', found none"};
    }
    for (const auto& [number, name] : metadata.label_names) {
        metadata.labels.push_back(name);
    }
    return metadata;
}

Metadata read_gsl(const fs::path& folder) {
    Metadata metadata;
    const std::regex signer_in{R"(signer\d+)"};
    for (const auto* split : usual_splits) {
        const auto path = folder / (std::string{split} + "_greek_iso.csv");
        if (!fs::exists(path)) {
            continue;
        }
        const TextTable table{path, '|', false};
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const auto& fields = table.row(row);
            if (fields.size() < 2) {
                throw DataError{path,
                                fmt::format("row {}: expected path|gloss, found '{}'", row + 1, fields[0])};
            }
            const auto clip = fields[0].substr(0, 1000);  // std::regex recurses
            std::smatch signer;
            std::regex_search(clip, signer, signer_in);
            metadata.entries.push_back(
                {.clip = clip, .label = fields[1], .signer = signer.str(), .splits = {split}});
        }
    }
    return metadata;
}

Metadata read_asl_citizen(const fs::path& folder) {
    Metadata metadata;
    for (const auto* split : usual_splits) {
        const auto path = folder / (std::string{split} + ".csv");
        if (!fs::exists(path)) {
            continue;
        }
        const TextTable table{path, ',', true};
        const auto participant = table.column({"Participant ID", "participant_id"});
        const auto file = table.column({"Video file", "video_file"});
        const auto gloss = table.column({"Gloss"});
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const auto& fields = table.row(row);
            metadata.entries.push_back({.clip = stem_of(fields[file]),
                                        .label = fields[gloss],
                                        .signer = fields[participant],
                                        .splits = {split}});
        }
    }
    return metadata;
}

std::string text_of(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.is_number_integer() ? value.dump() : "";
}

std::int64_t integer_of(const json& object, const char* name, std::int64_t otherwise) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

Metadata read_wlasl(const fs::path& path) {
    Metadata metadata;
    const auto content = parse(path);
    if (!content.is_array()) {
        throw DataError{path, "expected a list of glosses, each with its instances, found another structure"};
    }
    for (const auto& gloss : content) {
        const auto instances = gloss.is_object() ? gloss.find("instances") : gloss.end();
        if (!gloss.is_object() || !gloss.contains("gloss") || instances == gloss.end() ||
            !instances->is_array()) {
            throw DataError{path, "expected objects with gloss and instances, found '" +
                                      gloss.dump().substr(0, 80) + "'"};
        }
        metadata.labels.push_back(text_of(gloss["gloss"]));
        for (const auto& instance : *instances) {
            if (!instance.is_object() || !instance.contains("video_id")) {
                throw DataError{
                    path, "expected instances with video_id, found '" + instance.dump().substr(0, 80) + "'"};
            }
            const auto end = integer_of(instance, "frame_end", -1);
            Metadata::Entry entry{.clip = text_of(instance["video_id"]), .label = metadata.labels.back()};
            entry.signer = instance.contains("signer_id") ? text_of(instance["signer_id"]) : "";
            if (const auto split = instance.contains("split") ? text_of(instance["split"]) : "";
                !split.empty()) {
                entry.splits = {split};
            }
            entry.fps = static_cast<double>(integer_of(instance, "fps", 0));
            entry.first_frame =
                std::max<std::int64_t>(integer_of(instance, "frame_start", 1) - 1, 0);  // 1-based
            entry.end_frame = end > 0 ? end : -1;
            metadata.entries.push_back(std::move(entry));
        }
    }
    return metadata;
}

Metadata read_csv(const fs::path& path) {
    Metadata metadata;
    const TextTable table{path, ',', true};
    const auto clip = table.column({"clip", "id", "name", "file", "path", "video", "filename"});
    const auto label = table.find({"label", "gloss", "sign", "class"});
    const auto signer = table.find({"signer", "signer_id", "participant", "participant_id"});
    const auto split = table.find({"split", "subset", "set"});
    const auto fps = table.find({"fps"});
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const auto& fields = table.row(row);
        Metadata::Entry entry{.clip = fields[clip]};
        entry.label = label ? fields[*label] : "";
        entry.signer = signer ? fields[*signer] : "";
        if (split && !fields[*split].empty()) {
            entry.splits = {fields[*split]};
        }
        entry.fps = fps && !fields[*fps].empty() ? number_in(table, row, *fps) : 0;
        metadata.entries.push_back(std::move(entry));
    }
    return metadata;
}

/// As much of a file as tells its kind.
std::string beginning_of(const fs::path& path) {
    constexpr std::size_t enough = 400;
    const PosixFile file{path};
    std::string text(std::min<std::size_t>(enough, file.bytes()), '\0');
    file.read(0, std::as_writable_bytes(std::span{text}));
    return text;
}

bool is_asl_citizen(const fs::path& folder) {
    const auto path = folder / "train.csv";
    return fs::exists(path) && beginning_of(path).find("Participant ID") != std::string::npos;
}

std::string kind_of(const fs::path& path) {
    if (fs::is_directory(path)) {
        if (fs::exists(path / "instances.csv")) {
            return "lsfb";
        }
        if (fs::exists(path / "train_greek_iso.csv")) {
            return "gsl";
        }
        if (is_asl_citizen(path)) {
            return "asl-citizen";
        }
        throw DataError{path,
                        "expected a folder with instances.csv (LSFB), train_greek_iso.csv (GSL) or the "
                        "train.csv of ASL Citizen, found none; name the kind with --metadata-kind"};
    }
    const auto extension = path.extension().string();
    if (extension == ".json") {
        return "wlasl";
    }
    const auto begin = beginning_of(path);
    const auto line = begin.substr(0, begin.find('\n'));
    if (!line.empty() && std::isdigit(static_cast<unsigned char>(line.front())) != 0 &&
        line.find_first_of("|,;\t") < 5) {
        return "lsa64";
    }
    return "csv";
}

/// SSS_GGG_RRR: sign, signer, repetition, each from 1.
void read_lsa64_name(const Metadata& metadata, ListedClip& clip) {
    static const std::regex form{R"((\d{3})_(\d{3})_(\d{3}))"};
    const auto stem = stem_of(clip.name).substr(0, 100);
    std::smatch found;
    if (!std::regex_match(stem, found, form)) {
        return;
    }
    const auto name = metadata.label_names.find(found[1]);
    clip.label = name == metadata.label_names.end() ? found[1].str() : name->second;
    clip.signer = "signer" + found[2].str();
}

std::string without_extension(const std::string& name) {
    static const std::array<const char*, 8> known{".mp4",  ".avi", ".mkv",  ".mov",
                                                  ".webm", ".npy", ".pose", ".pkl"};
    for (const std::string ending : known) {
        if (name.ends_with(ending)) {
            return name.substr(0, name.size() - ending.size());
        }
    }
    return name;
}

/// Which entry speaks of which clip: that of its whole name, else that of the end of its path, if it is one entry's
/// and no other clip's.
class EntryFinder {
public:
    EntryFinder(const std::filesystem::path& path, const Metadata& metadata,
                const std::vector<ListedClip>& clips)
        : entries_{metadata.entries}, takers_(entries_.size()) {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const auto& clip = entries_[i].clip;
            const auto [place, is_new] = by_name_.emplace(without_extension(clip), i);
            if (!is_new && entries_[place->second].label != entries_[i].label) {
                throw DataError{
                    path, fmt::format("expected each clip once, found '{}' with the labels '{}' and '{}'",
                                      clip, entries_[place->second].label, entries_[i].label)};
            }
            by_stem_[stem_of(clip)].push_back(i);
        }
        for (const auto& clip : clips) {
            if (const auto number = number_of(clip.name); number != none) {
                ++takers_[number];
            }
        }
    }

    const Metadata::Entry* find(const std::string& name) const {
        const auto number = number_of(name);
        return number == none || (takers_[number] > 1 && !by_name_.contains(name)) ? nullptr
                                                                                   : &entries_[number];
    }

private:
    static constexpr auto none = static_cast<std::size_t>(-1);

    std::size_t number_of(const std::string& name) const {
        if (const auto place = by_name_.find(name); place != by_name_.end()) {
            return place->second;
        }
        // An entry may name a clip relative to a folder below the input.
        for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
            if (const auto place = by_name_.find(name.substr(slash + 1)); place != by_name_.end()) {
                return place->second;
            }
        }
        const auto stem = by_stem_.find(stem_of(name));
        return stem == by_stem_.end() || stem->second.size() > 1 ? none : stem->second.front();
    }

    const std::vector<Metadata::Entry>& entries_;
    std::unordered_map<std::string, std::size_t> by_name_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_stem_;
    std::vector<std::size_t> takers_;  ///< clips of each entry
};

void fill(ListedClip& clip, const Metadata::Entry& entry) {
    clip.label = entry.label.empty() ? clip.label : entry.label;
    clip.signer = entry.signer.empty() ? clip.signer : entry.signer;
    clip.fps = entry.fps > 0 ? entry.fps : clip.fps;
    clip.first_frame = entry.first_frame;
    clip.end_frame = entry.end_frame;
}

}  // namespace

std::vector<std::string> metadata_kinds() {
    return {"lsfb", "lsa64", "gsl", "asl-citizen", "wlasl", "csv"};
}

Metadata read_metadata(const fs::path& path, const std::string& kind) {
    if (!fs::exists(path)) {
        throw DataError{path, "expected metadata, found no file or folder of that name"};
    }
    const auto chosen = kind == "auto" ? kind_of(path) : kind;
    if (const auto kinds = metadata_kinds(); std::ranges::find(kinds, chosen) == kinds.end()) {
        throw std::invalid_argument{
            fmt::format("--metadata-kind {}: there are auto, {}", chosen, fmt::join(kinds, ", "))};
    }
    auto metadata = chosen == "lsfb"          ? read_lsfb(path)
                    : chosen == "lsa64"       ? read_lsa64(path)
                    : chosen == "gsl"         ? read_gsl(path)
                    : chosen == "asl-citizen" ? read_asl_citizen(path)
                    : chosen == "wlasl"       ? read_wlasl(path)
                                              : read_csv(path);
    if (metadata.entries.empty() && !metadata.names_tell) {
        throw DataError{path, "expected metadata of the kind " + chosen + ", found no clip in them"};
    }
    return metadata;
}

void apply_metadata(const Metadata& metadata, const fs::path& path, Listing& listing) {
    listing.labels.insert(listing.labels.end(), metadata.labels.begin(), metadata.labels.end());
    const EntryFinder entries{path, metadata, listing.clips};
    std::vector<std::string> strangers;
    std::size_t named = 0;
    for (auto& clip : listing.clips) {
        if (metadata.names_tell) {
            read_lsa64_name(metadata, clip);
        }
        if (const auto* entry = entries.find(clip.name)) {
            ++named;
            fill(clip, *entry);
            for (const auto& split : entry->splits) {
                listing.splits[split].push_back(clip.name);
            }
        } else if (!metadata.names_tell) {
            strangers.push_back(clip.name);
        }
    }
    if (named == 0 && !metadata.names_tell && !listing.clips.empty()) {
        throw DataError{
            path,
            fmt::format("none of the {} clips is named in it: the clips are called '{}' ..., the "
                        "metadata's '{}' ...",
                        listing.clips.size(), listing.clips.front().name, metadata.entries.front().clip)};
    }
    if (!strangers.empty()) {
        const auto count = strangers.size();
        strangers.resize(std::min(count, most_shown));
        listing.notes.push_back(
            fmt::format("{} clips are not in the metadata and keep what their folder tells: {}{}", count,
                        fmt::join(strangers, ", "), count > most_shown ? ", ..." : ""));
    }
    if (named < metadata.entries.size()) {
        listing.notes.push_back(fmt::format("{} of {} clips that the metadata name are not there",
                                            metadata.entries.size() - named, metadata.entries.size()));
    }
}

}  // namespace sslslr::io
