#include "io/corpus/metadata_lists.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>
#include <regex>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/clip_matcher.hpp"
#include "io/corpus/folder_tree.hpp"
#include "io/corpus/json_file.hpp"
#include "io/corpus/text_table.hpp"
#include "io/file/counted.hpp"
#include "io/file/data_error.hpp"
#include "io/file/json_text.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::array<const char*, 3> usual_splits{"train", "val", "test"};

std::string place_of(const TextTable& table, std::size_t row) {
    return fmt::format("{}, row {}", table.path().filename().string(), table.shown_number(row));
}

double number_in(const TextTable& table, std::size_t row, std::size_t column) {
    auto text = table.row(row)[column];
    // A comma can only be a decimal sign here: such fields are quoted, or separated by semicolons.
    std::ranges::replace(text, ',', '.');
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw DataError{table.path(), fmt::format("row {}: expected a number, found '{}'",
                                                  table.shown_number(row), table.row(row)[column])};
    }
    return value;
}

std::vector<std::string> names_of(const fs::path& path, const json& list) {
    if (!list.is_array() || !std::ranges::all_of(list, [](const json& each) { return each.is_string(); })) {
        throw DataError{path, "expected a flat list of clip names, as [\"A\", \"B\"], found '" +
                                  json_text(list).substr(0, 80) + "'"};
    }
    return list.get<std::vector<std::string>>();
}

/// Adds the lists of metadata/splits to the entries. @param places  number of each entry by id
void read_lsfb_splits(const fs::path& folder, const std::unordered_map<std::string, std::size_t>& places,
                      Metadata& metadata) {
    for (const auto& file : files_in(folder, ".json")) {
        const auto split = checked_split(fs::path{file}.stem().string(), folder / file, "its name");
        std::vector<std::string> unknown;
        for (const auto& name : names_of(folder / file, read_json(folder / file))) {
            if (const auto place = places.find(name); place == places.end()) {
                unknown.push_back(name);
            } else if (auto& splits = metadata.entries[place->second].splits;
                       std::ranges::find(splits, split) == splits.end()) {
                splits.push_back(split);
            }
        }
        if (!unknown.empty()) {
            metadata.notes.push_back(fmt::format("{} names {} that instances.csv lacks: {}", file,
                                                 counted(std::ssize(unknown), "clip"), examples(unknown)));
        }
    }
    for (const auto& entry : metadata.entries) {
        std::vector<std::string> exclusive;
        for (const auto* split : usual_splits) {
            if (std::ranges::find(entry.splits, split) != entry.splits.end()) {
                exclusive.push_back(std::string{split} + ".json");
            }
        }
        if (exclusive.size() > 1) {
            throw DataError{folder,
                            fmt::format("expected each clip in one of train, val and test, found '{}' in {}",
                                        entry.clip, fmt::join(exclusive, " and "))};
        }
    }
}

std::vector<std::string> ranked_signs(const fs::path& path) {
    const TextTable signs{path, std::nullopt, true};
    const auto name = signs.column({"sign"});
    const auto number = signs.column({"class"});
    std::vector<std::pair<double, std::string>> ranked;
    for (std::size_t row = 0; row < signs.rows(); ++row) {
        if (!signs.row(row)[name].empty()) {
            ranked.emplace_back(number_in(signs, row, number), signs.row(row)[name]);
        }
    }
    std::ranges::sort(ranked);
    std::vector<std::string> names;
    for (auto& each : ranked) {
        names.push_back(std::move(each.second));
    }
    return names;
}

std::string without_quotes(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t\"");
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\"") - begin + 1);
}

/// Adds the word of a sign's number. @throws DataError  another line gives the number another word
void add_word(Metadata& metadata, const fs::path& path, const std::string& number, const std::string& word) {
    const auto [place, is_new] = metadata.label_names.emplace(fmt::format("{:03}", std::stoi(number)), word);
    if (!is_new && place->second != word) {
        throw DataError{path, fmt::format("expected each sign once, found {} as '{}' and as '{}'",
                                          place->first, place->second, word)};
    }
}

}  // namespace

Metadata read_lsfb_lists(const fs::path& folder) {
    Metadata metadata;
    const TextTable instances{folder / "instances.csv", std::nullopt, true};
    const auto id = instances.column({"id"});
    const auto sign = instances.column({"sign"});
    const auto signer = instances.column({"signer", "signer_id"});
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t row = 0; row < instances.rows(); ++row) {
        const auto& fields = instances.row(row);
        Metadata::Entry entry{.clip = fields[id], .where = place_of(instances, row)};
        entry.label = fields[sign];
        entry.signer = fields[signer];
        places.emplace(entry.clip, metadata.entries.size());
        metadata.entries.push_back(std::move(entry));
    }
    merge_repeats(metadata, instances.path());
    places.clear();
    for (const auto& entry : metadata.entries) {
        places.emplace(entry.clip, places.size());
    }
    if (const auto path = folder / "metadata" / "sign_to_index.csv"; has_entry(path)) {
        metadata.labels = ranked_signs(path);
    }
    if (const auto splits = folder / "metadata" / "splits"; has_entry(splits)) {
        read_lsfb_splits(splits, places, metadata);
    }
    return metadata;
}

Metadata read_lsa64_words(const fs::path& path) {
    Metadata metadata{.names_tell = true};
    if (fs::is_directory(path)) {
        return metadata;
    }
    const auto text = read_utf8(path);
    const std::regex line{R"(^\s*(\d{1,3})\s*[,|;\t]\s*([^,|;\t\r\n]+).*)"};
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        // std::regex recurses, so the row is truncated; no line of such a file is long.
        auto row = text.substr(begin, std::min<std::size_t>(end - begin, 200));
        if (row.ends_with('\r')) {
            row.pop_back();
        }
        if (std::smatch found; std::regex_match(row, found, line)) {
            if (const auto word = without_quotes(found[2]); !word.empty()) {
                add_word(metadata, path, found[1], word);
            }
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

Metadata read_gsl_lists(const fs::path& folder) {
    Metadata metadata;
    const std::regex signer_in{R"(signer\d+)"};
    for (const auto* split : usual_splits) {
        const auto path = folder / (std::string{split} + "_greek_iso.csv");
        if (!has_entry(path)) {
            continue;
        }
        const TextTable table{path, '|', false};
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const auto& fields = table.row(row);
            if (fields.size() < 2) {
                throw DataError{path, fmt::format("row {}: expected path|gloss, found '{}'",
                                                  table.shown_number(row), fields[0])};
            }
            Metadata::Entry entry{.clip = fields[0].substr(0, 1000),
                                  .where = place_of(table, row)};  // std::regex recurses
            std::smatch signer;
            std::regex_search(entry.clip, signer, signer_in);
            entry.label = fields[1];
            entry.signer = signer.str();
            entry.splits = {split};
            metadata.entries.push_back(std::move(entry));
        }
    }
    return metadata;
}

Metadata read_asl_citizen_lists(const fs::path& folder) {
    Metadata metadata;
    for (const auto* split : usual_splits) {
        const auto path = folder / (std::string{split} + ".csv");
        if (!has_entry(path)) {
            continue;
        }
        const TextTable table{path, std::nullopt, true};
        const auto participant = table.column({"Participant ID"});
        const auto file = table.column({"Video file"});
        const auto gloss = table.column({"Gloss"});
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const auto& fields = table.row(row);
            Metadata::Entry entry{.clip = fields[file], .where = place_of(table, row)};
            entry.label = fields[gloss];
            entry.signer = fields[participant];
            entry.splits = {split};
            metadata.entries.push_back(std::move(entry));
        }
    }
    return metadata;
}

namespace {

using ColumnNames = std::vector<std::string_view>;

const ColumnNames clip_names{"clip",     "id",         "name",      "file",     "path",
                             "video",    "filename",   "file_name", "filepath", "file_path",
                             "video_id", "video_file", "video_path"};
const ColumnNames label_names{"label", "gloss", "sign", "class", "word"};
const ColumnNames signer_names{"signer", "signer_id", "participant", "participant_id"};
const ColumnNames split_names{"split", "subset", "set"};

/// Notes the columns that are not used, and the names of columns that would be.
void note_unused(const TextTable& table, const std::vector<std::size_t>& used, Metadata& metadata) {
    constexpr std::size_t most_shown = 12;
    ColumnNames unused;
    for (std::size_t column = 0; column < table.columns().size(); ++column) {
        if (!table.columns()[column].empty() && std::ranges::count(used, column) == 0) {
            unused.push_back(table.columns()[column]);
        }
    }
    if (!unused.empty()) {
        metadata.notes.push_back(fmt::format(
            "{}: columns that are not used: {}{}; name a column {} for labels, {} for signers, {} for "
            "splits, "
            "fps for frame rates",
            table.path().filename().string(), fmt::join(unused | std::views::take(most_shown), ", "),
            unused.size() > most_shown ? ", ..." : "", fmt::join(label_names, " or "),
            fmt::join(signer_names, " or "), fmt::join(split_names, " or ")));
    }
}

}  // namespace

Metadata read_csv_list(const fs::path& path) {
    Metadata metadata;
    const TextTable table{path, std::nullopt, true};
    const auto clips = table.find_all(clip_names);
    const auto clip = clips.empty() ? table.column(clip_names) : clips.front();  // column() throws
    const auto label = table.find(label_names);
    const auto signer = table.find(signer_names);
    const auto split = table.find(split_names);
    const auto fps = table.find({"fps"});
    auto used = clips;
    for (const auto& column : {label, signer, split, fps}) {
        used.insert(used.end(), column ? 1 : 0, column.value_or(0));
    }
    note_unused(table, used, metadata);
    metadata.column = table.columns()[clip];
    for (const auto column : clips) {
        if (column != clip) {
            metadata.other_names.push_back({.column = table.columns()[column], .names = {}});
            for (std::size_t row = 0; row < table.rows(); ++row) {
                metadata.other_names.back().names.push_back(table.row(row)[column]);
            }
        }
    }
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const auto& fields = table.row(row);
        Metadata::Entry entry{.clip = fields[clip], .where = place_of(table, row)};
        entry.label = label ? std::optional{fields[*label]} : std::nullopt;
        entry.signer = signer ? std::optional{fields[*signer]} : std::nullopt;
        if (split && !fields[*split].empty()) {
            entry.splits = {
                checked_split(fields[*split], path, fmt::format("row {}", table.shown_number(row)))};
        }
        entry.fps = fps && !fields[*fps].empty() ? number_in(table, row, *fps) : 0;
        metadata.entries.push_back(std::move(entry));
    }
    return metadata;
}

std::string checked_split(std::string name, const fs::path& path, const std::string& where) {
    if (name == "." || name == ".." || name.find('/') != std::string::npos) {
        throw DataError{
            path,
            fmt::format("{}: expected a name of a split without '/' and other than '.' and '..', found '{}'",
                        where, name)};
    }
    return name;
}

}  // namespace sslslr::io
