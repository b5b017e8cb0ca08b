#include "launch/study_file.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "launch/ini_file.hpp"
#include "launch/options.hpp"
#include "launch/protocol_options.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

/// A section of the file: "method simclr" is kind and name.
struct Section {
    std::string kind;
    std::string name;
    Settings settings;
};

std::string title_of(const Section& section) {
    return fmt::format("[{}{}{}]", section.kind, section.name.empty() ? "" : " ", section.name);
}

/// The sections in the order of the file; the lines before the first title have neither kind nor name.
/// @throws ConfigError  a line that is none, or a section that is there twice
std::vector<Section> sections_of(const std::string& text, const std::string& what) {
    std::vector<Section> sections;
    std::map<std::string, std::size_t> lines;  // of titles
    for (const auto& found : parse_ini(text, what)) {
        const auto space = found.title.find(' ');
        const auto name = found.title.find_first_not_of(' ', space);
        Section section{
            found.title.substr(0, space), name == std::string::npos ? "" : found.title.substr(name), {}};
        for (const auto& line : found.lines) {
            section.settings.emplace_back(line.name, line.value);
        }
        const auto [before, is_new] = lines.try_emplace(title_of(section), found.number);
        if (!is_new && section.kind != "figure") {
            throw ConfigError{fmt::format("{}: {} stands there twice, in lines {} and {}: make one of them",
                                          what, title_of(section), before->second, found.number)};
        }
        sections.push_back(std::move(section));
    }
    return sections;
}

/// Takes the keys of a section that mean something to the study itself; what is left are options of a command.
class Keys {
public:
    Keys(const Section& section, const std::string& path)
        : where_{fmt::format("--study {}{}", path, section.kind.empty() ? "" : ", " + title_of(section))},
          left_{section.settings} {}

    std::string text(const std::string& key, const std::string& otherwise = "") {
        const auto value = raw(key);
        return value ? unquoted(*value) : otherwise;
    }
    std::vector<std::string> words(const std::string& key) {
        return entries_of(raw(key).value_or(""), fmt::format("{}, {}", where_, key));
    }

    template <class T>
    T number(const std::string& key, T otherwise) {
        const auto value = text(key);
        return value.empty() ? otherwise : number_in<T>(key, value);
    }
    std::vector<std::int64_t> numbers(const std::string& key) {
        std::vector<std::int64_t> numbers;
        for (const auto& word : words(key)) {
            numbers.push_back(number_in<std::int64_t>(key, word));
        }
        return numbers;
    }

    bool flag(const std::string& key) {
        const auto value = text(key, "false");
        if (value != "true" && value != "false") {
            throw ConfigError{fmt::format("{}: {} = {}: expected true or false", where_, key, value)};
        }
        return value == "true";
    }

    /// The settings that `wanted` names.
    Settings take(const std::set<std::string>& wanted) {
        Settings taken;
        std::erase_if(left_, [&](const auto& setting) {
            if (wanted.contains(setting.first)) {
                taken.push_back(setting);
                return true;
            }
            return false;
        });
        return taken;
    }

    /// What is left, on top of the options in the file that `config` names.
    Settings options() {
        const auto config = text("config");
        if (config.empty()) {
            return left_;
        }
        const auto what = fmt::format("{}: config {}", where_, config);
        const auto sections = sections_of(read_text(config, what), what);
        if (sections.size() > 1) {
            throw ConfigError{
                fmt::format("{}: holds {}, but only options are of use here", what, title_of(sections[1]))};
        }
        return with(sections.front().settings, left_);
    }

    void refuse_others() const {
        if (!left_.empty()) {
            throw ConfigError{fmt::format("{}: unknown key {}", where_, left_.front().first)};
        }
    }
    const std::string& where() const { return where_; }

private:
    /// The value as it stands in the file.
    std::optional<std::string> raw(const std::string& key) {
        const auto found = std::ranges::find(left_, key, &Settings::value_type::first);
        if (found == left_.end()) {
            return std::nullopt;
        }
        if (std::ranges::count(left_, key, &Settings::value_type::first) > 1) {
            throw ConfigError{fmt::format("{}: {} is given twice: leave one out", where_, key)};
        }
        auto value = found->second;
        left_.erase(found);
        return value;
    }

    template <class T>
    T number_in(const std::string& key, const std::string& value) const {
        T number{};
        const auto* const end = value.data() + value.size();
        const auto read = std::from_chars(value.data(), end, number);
        if (read.ec != std::errc{} || read.ptr != end) {
            throw ConfigError{fmt::format("{}: {} = {}: expected a number", where_, key, value)};
        }
        return number;
    }

    std::string where_;
    Settings left_;
};

std::set<std::string> names_of_parts() {
    ClipParts parts;
    Options options{""};
    declare(options, parts);
    const auto names = options.names();
    return {names.begin(), names.end()};
}

DataSpec data_of(const Section& section, Keys keys) {
    DataSpec data{.name = section.name, .title = keys.text("title", section.name)};
    data.published = keys.text("published");
    data.parts = keys.take(names_of_parts());
    data.is_optional = keys.flag("optional");
    data.leaves_out_each = std::erase(data.parts, Settings::value_type{"leave-out-signer", "each"}) > 0;
    data.settings = keys.options();
    return data;
}

Variant variant_of(const Section& section, Keys keys) {
    Variant variant{.name = section.name, .title = keys.text("title")};
    variant.settings = keys.options();
    return variant;
}

Variant protocol_of(const Section& section, Keys keys) {
    auto variant = variant_of(section, keys);
    const auto found = std::ranges::find(variant.settings, "protocol", &Settings::value_type::first);
    if (found == variant.settings.end()) {
        throw ConfigError{fmt::format("{}: protocol = linear, knn, ... is missing", keys.where())};
    }
    found->second = unquoted(found->second);
    std::rotate(variant.settings.begin(), found, found + 1);  // the plan looks for it there
    return variant;
}

TableSpec table_of_section(const Section& section, Keys keys) {
    TableSpec table{.name = section.name, .title = keys.text("title", section.name)};
    table.note = keys.text("note");
    table.layout = keys.text("layout", table.layout);
    table.measure = keys.text("measure", table.measure);
    table.protocol = keys.text("protocol");
    table.data = keys.words("data");
    table.targets = keys.words("targets");
    table.methods = keys.words("methods");
    table.augmentations = keys.words("augmentations");
    keys.refuse_others();
    if (table.data.empty() || table.methods.empty() || table.augmentations.empty()) {
        throw ConfigError{
            fmt::format("{}: data, methods and augmentations must each name one or more", keys.where())};
    }
    if (table.layout != "grid" && table.layout != "state-of-the-art") {
        throw ConfigError{
            fmt::format("{}: layout = {}: expected grid or state-of-the-art", keys.where(), table.layout)};
    }
    return table;
}

EmbeddingFigure embedding_of(Keys& keys) {
    EmbeddingFigure figure;
    figure.data = keys.words("data");
    figure.methods = keys.words("methods");
    figure.augmentation = keys.text("augmentation");
    figure.classes = keys.words("classes");
    if (figure.data.empty() || figure.methods.empty() || figure.augmentation.empty()) {
        throw ConfigError{fmt::format("{}: data, methods and augmentation are needed", keys.where())};
    }
    return figure;
}

StripFigure strip_of(Keys& keys) {
    StripFigure figure;
    figure.store = keys.text("store");
    figure.clips = keys.numbers("clips");
    figure.k1 = keys.text("k1", figure.k1);
    figure.k2 = keys.text("k2", figure.k2);
    if (figure.store.empty() || figure.clips.empty()) {
        throw ConfigError{fmt::format("{}: store and clips are needed", keys.where())};
    }
    return figure;
}

SpreadFigure spread_of(Keys& keys) {
    SpreadFigure figure;
    figure.trainings = keys.text("trainings");
    figure.accuracies = keys.text("accuracies");
    if (figure.trainings.empty() || figure.accuracies.empty()) {
        throw ConfigError{fmt::format("{}: trainings and accuracies must each name a table", keys.where())};
    }
    return figure;
}

void add_figure(FigureSpecs& figures, const Section& section, Keys keys) {
    if (section.name == "2") {
        figures.strips.push_back(strip_of(keys));
    } else if (section.name == "7") {
        figures.embeddings.push_back(embedding_of(keys));
    } else if (section.name == "8") {
        figures.spreads.push_back(spread_of(keys));
    } else {
        throw ConfigError{fmt::format(
            "{}: expected [figure 2], [figure 7] or [figure 8], as the paper numbers them", keys.where())};
    }
    keys.refuse_others();
}

ClaimSpec claim_of(const Section& section, Keys keys) {
    ClaimSpec claim{.name = section.name};
    claim.says = keys.text("says");
    claim.kind = keys.text("kind");
    claim.tables = keys.words("tables");
    claim.better = keys.words("better");
    claim.worse = keys.words("worse");
    claim.limit = keys.number("limit", claim.limit);
    claim.why = keys.text("why");
    keys.refuse_others();
    const std::set<std::string> claim_kinds{"better", "order",      "equal",       "above",
                                            "below",  "own-choice", "interaction", "untested"};
    if (!claim_kinds.contains(claim.kind)) {
        throw ConfigError{fmt::format("{}: kind = {}: expected {}", keys.where(), claim.kind,
                                      fmt::join(claim_kinds, ", "))};
    }
    if (claim.kind == "own-choice" && claim.better.size() != 1) {
        throw ConfigError{fmt::format("{}: better must name the one augmentation for all", keys.where())};
    }
    if (claim.kind == "interaction" && claim.tables.size() != 2) {
        throw ConfigError{fmt::format("{}: tables must name two", keys.where())};
    }
    return claim;
}

}  // namespace

std::string study_text(const std::string& path) {
    if (path.empty()) {
        throw ConfigError{"--study FILE is required: configs/study/examples.ini explains what one holds"};
    }
    return read_text(path, "--study " + path);
}

StudySpec parse_study(const std::string& text, const std::string& path) {
    StudySpec spec;
    const std::map<std::string, std::function<void(const Section&, Keys)>> kinds{
        {"",
         [&](const Section&, Keys keys) {
             spec.title = keys.text("title", path);
             spec.runs = keys.number("runs", spec.runs);
             spec.seed = keys.number("seed", spec.seed);
             spec.ranks_per_job = keys.number("ranks-per-job", spec.ranks_per_job);
             keys.refuse_others();
         }},
        {"pretrain", [&](const Section&, Keys keys) { spec.pretrain = keys.options(); }},
        {"data", [&](const Section& s, const Keys& keys) { spec.data.push_back(data_of(s, keys)); }},
        {"method", [&](const Section& s, const Keys& keys) { spec.methods.push_back(variant_of(s, keys)); }},
        {"augmentation",
         [&](const Section& s, const Keys& keys) { spec.augmentations.push_back(variant_of(s, keys)); }},
        {"protocol",
         [&](const Section& s, const Keys& keys) { spec.protocols.push_back(protocol_of(s, keys)); }},
        {"table",
         [&](const Section& s, const Keys& keys) { spec.tables.push_back(table_of_section(s, keys)); }},
        {"figure", [&](const Section& s, const Keys& keys) { add_figure(spec.figures, s, keys); }},
        {"claim", [&](const Section& s, const Keys& keys) { spec.claims.push_back(claim_of(s, keys)); }}};
    for (const auto& section : sections_of(text, "--study " + path)) {
        const auto kind = kinds.find(section.kind);
        if (kind == kinds.end()) {
            throw ConfigError{
                fmt::format("--study {}: unknown section [{}]; expected [pretrain], [data NAME], [method "
                            "NAME], [augmentation NAME], [protocol NAME], [table NAME], [figure NAME] or "
                            "[claim NAME]",
                            path, section.kind)};
        }
        kind->second(section, Keys{section, path});
    }
    if (spec.runs < 1 || spec.ranks_per_job < 1) {
        throw ConfigError{fmt::format("--study {}: runs and ranks-per-job must be 1 or more", path)};
    }
    if (spec.tables.empty()) {
        throw ConfigError{fmt::format("--study {}: no [table NAME], so there is nothing to do", path)};
    }
    return spec;
}

}  // namespace sslslr
