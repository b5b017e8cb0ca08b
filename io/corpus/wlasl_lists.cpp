#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "io/corpus/json_file.hpp"
#include "io/corpus/metadata_lists.hpp"
#include "io/corpus/text_table.hpp"
#include "io/file/data_error.hpp"
#include "io/file/json_text.hpp"

// WLASL's lists: WLASL_v0.3.json, [{gloss, instances: [{video_id, split, ...}]}], and nslt_*.json of its I3D
// code, {video id: {subset, action: [class, first frame, last frame]}}. Frames count from 1.
// Source: dxli94/WLASL.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string text_of(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) {
        return "";
    }
    return found->is_string()           ? trimmed(found->get<std::string>())
           : found->is_number_integer() ? json_text(*found)
                                        : "";
}

double number_of(const json& object, const char* name, double otherwise) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number() ? found->get<double>() : otherwise;
}

/// Sets the frames of an entry. In the lists, frames count from 1, and a last frame of -1 or 0 is the clip's.
void set_frames(Metadata::Entry& entry, double first, double last) {
    constexpr double most = 1e9;
    entry.first_frame = first > 1 && first < most ? static_cast<std::int64_t>(first) - 1 : 0;
    entry.end_frame = last > 0 && last < most ? static_cast<std::int64_t>(last) : -1;
}

std::string beginning_of(const json& value) {
    return json_text(value).substr(0, 80);
}

void add_instance(Metadata& metadata, const fs::path& path, const std::string& gloss, std::size_t number,
                  const json& instance) {
    if (!instance.is_object() || !instance.contains("video_id")) {
        throw DataError{path, "expected instances with video_id, found '" + beginning_of(instance) + "'"};
    }
    Metadata::Entry entry{.clip = text_of(instance, "video_id"),
                          .where = fmt::format("gloss '{}', instance {}", gloss, number)};
    entry.label = gloss;
    entry.signer = text_of(instance, "signer_id");
    if (auto split = text_of(instance, "split"); !split.empty()) {
        entry.splits = {checked_split(std::move(split), path, entry.where)};
    }
    entry.fps = number_of(instance, "fps", 0);
    set_frames(entry, number_of(instance, "frame_start", 1), number_of(instance, "frame_end", -1));
    metadata.entries.push_back(std::move(entry));
}

Metadata read_glosses(const fs::path& path, const json& content) {
    Metadata metadata;
    for (const auto& gloss : content) {
        const auto instances = gloss.is_object() ? gloss.find("instances") : gloss.end();
        if (!gloss.is_object() || !gloss.contains("gloss") || instances == gloss.end() ||
            !instances->is_array()) {
            throw DataError{path,
                            "expected objects with gloss and instances, found '" + beginning_of(gloss) + "'" +
                                (gloss.is_object()
                                     ? ": convert other lists, such as MS-ASL's, to a CSV file with the "
                                       "columns clip, label, signer, split (with pandas.read_json and to_csv)"
                                     : "")};
        }
        const auto name = text_of(gloss, "gloss");
        if (!name.empty()) {
            metadata.labels.push_back(name);
        }
        for (std::size_t number = 1; const auto& instance : *instances) {
            add_instance(metadata, path, name, number++, instance);
        }
    }
    return metadata;
}

/// Reads words by class from WLASL's wlasl_class_list.txt: "0<tab>book". Empty if there is no such file.
std::map<std::int64_t, std::string> class_words(const fs::path& path) {
    std::map<std::int64_t, std::string> words;
    if (!fs::exists(path)) {
        return words;
    }
    const TextTable table{path, '\t', false};
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const auto& fields = table.row(row);
        std::int64_t number = -1;
        const auto* const end = fields[0].data() + fields[0].size();
        if (fields.size() != 2 || std::from_chars(fields[0].data(), end, number).ptr != end) {
            throw DataError{path,
                            fmt::format("row {}: expected a class number, a tab and its word, found '{}'",
                                        table.shown_number(row), fields[0])};
        }
        words.emplace(number, fields[1]);
    }
    return words;
}

Metadata read_videos(const fs::path& path, const json& content) {
    Metadata metadata;
    const auto words_file = path.parent_path() / "wlasl_class_list.txt";
    const auto words = class_words(words_file);
    std::map<std::int64_t, std::string> names;
    for (const auto& [video, facts] : content.items()) {
        const auto action = facts.is_object() ? facts.find("action") : facts.end();
        if (!facts.is_object() || action == facts.end() || !action->is_array() || action->empty() ||
            !std::ranges::all_of(*action, [](const json& each) { return each.is_number_integer(); })) {
            throw DataError{
                path, fmt::format("expected for each video {{\"subset\": ..., \"action\": [class, first, "
                                  "last]}}, found '{}: {}'",
                                  video.substr(0, 40), beginning_of(facts))};
        }
        const auto number = (*action)[0].get<std::int64_t>();
        const auto word = words.find(number);
        if (!words.empty() && word == words.end()) {
            throw DataError{words_file, fmt::format("expected a word for class {} of video {}, found none",
                                                    number, video)};
        }
        Metadata::Entry entry{.clip = video, .where = fmt::format("video '{}'", video)};
        entry.label = words.empty() ? std::to_string(number) : word->second;
        names.emplace(number, *entry.label);
        if (auto split = text_of(facts, "subset"); !split.empty()) {
            entry.splits = {checked_split(std::move(split), path, entry.where)};
        }
        if (action->size() >= 3) {
            set_frames(entry, (*action)[1].get<double>(), (*action)[2].get<double>());
        }
        metadata.entries.push_back(std::move(entry));
    }
    for (auto& [number, name] : names) {
        metadata.labels.push_back(std::move(name));
    }
    if (words.empty()) {
        metadata.notes.push_back(fmt::format(
            "{} names classes only by number: put wlasl_class_list.txt next to it to get their words",
            path.filename().string()));
    }
    return metadata;
}

}  // namespace

Metadata read_wlasl_list(const fs::path& path) {
    const auto content = read_json(path);
    if (content.is_object() && !content.empty()) {
        return read_videos(path, content);
    }
    if (!content.is_array()) {
        throw DataError{
            path,
            "expected WLASL's list of glosses with their instances, or of videos with subset and action, "
            "found another structure"};
    }
    return read_glosses(path, content);
}

}  // namespace sslslr::io
