#include "src/study/study_file.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/protocol/protocol_options.hpp"
#include "src/settings/ini_file.hpp"
#include "src/settings/options.hpp"
#include "src/settings/words.hpp"
#include "src/study/measure.hpp"
#include "src/study/study_data.hpp"

namespace sslslr {
namespace {

/// A section of the file: "method simclr" is kind and name.
struct Section {
    std::string kind;
    std::string name;
    std::size_t number = 0;  ///< of the title's line
    std::vector<IniLine> lines;
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
        Section section{found.title.substr(0, space),
                        name == std::string::npos ? "" : found.title.substr(name), found.number, found.lines};
        const auto [before, is_new] = lines.try_emplace(title_of(section), found.number);
        if (!is_new && section.kind != "figure") {
            throw ConfigError{fmt::format("{}: {} stands there twice, in lines {} and {}: make one of them",
                                          what, title_of(section), before->second, found.number)};
        }
        sections.push_back(std::move(section));
    }
    return sections;
}

Settings settings_of(const std::vector<IniLine>& lines) {
    Settings settings;
    for (const auto& line : lines) {
        settings.emplace_back(line.name, line.value);
    }
    return settings;
}

/// Takes the keys of a section that mean something to the study itself; what is left are options of a command.
class Keys {
public:
    /// @param is_stored  the text is that of a plan, which may hold options that were removed since
    Keys(const Section& section, const std::string& path, bool is_stored)
        : is_stored_{is_stored},
          what_{fmt::format("{}{}", io::setting("study", path),
                            section.kind.empty() ? "" : ", " + title_of(section))},
          number_{section.number},
          all_{section.lines},
          left_{section.lines} {}

    std::string text(const std::string& key, const std::string& otherwise = "") {
        const auto value = raw(key);
        return value ? unquoted(*value) : otherwise;
    }
    /// One of the words of an enumeration.
    template <Worded E>
    E word(const std::string& key, std::optional<E> otherwise = std::nullopt) {
        const auto value = text(key, otherwise ? word_of(*otherwise) : "");
        const auto word = enum_of<E>(value);
        if (!word) {
            throw ConfigError{fmt::format("{}: {} = {}: expected {}", where(key), key, value,
                                          fmt::join(words_of<E>(), ", "))};
        }
        return *word;
    }
    std::vector<std::string> words(const std::string& key) {
        return entries_of(raw(key).value_or(""), fmt::format("{}, {}", where(key), key));
    }
    /// Names of entries, which must be there.
    template <class T>
    std::vector<std::string> names(const std::string& key, const std::vector<T>& entries, const char* what) {
        auto names = words(key);
        for (const auto& name : names) {
            place_errors(where(key), [&] { named(entries, name, what); });
        }
        return names;
    }

    template <class T>
    T number(const std::string& key, T otherwise) {
        const auto value = text(key);
        return value.empty() ? otherwise : number_in<T>(key, value);
    }
    std::int64_t count(const std::string& key, std::int64_t otherwise) {
        const auto count = number(key, otherwise);
        if (count < 1) {
            throw ConfigError{fmt::format("{}: {} = {}: expected 1 or more", where(key), key, count)};
        }
        return count;
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
            throw ConfigError{fmt::format("{}: {} = {}: expected true or false", where(key), key, value)};
        }
        return value == "true";
    }

    /// The settings that are options of these fields.
    template <class Fields>
    Settings take(Fields fields) {
        Options options{""};
        declare(options, fields);
        const auto names = options.names();
        std::vector<IniLine> taken;
        std::erase_if(left_, [&](const auto& line) {
            const bool is_wanted = std::ranges::count(names, line.name) > 0;
            if (is_wanted) {
                taken.push_back(line);
            }
            return is_wanted;
        });
        options.read_lines(taken, what_);
        return settings_of(taken);
    }

    /// What is left, options of these fields, on top of those in the file that `config` names.
    template <class Fields>
    Settings options(const Fields& fields) {
        const auto config = text("config");
        check(left_, what_, fields);
        if (config.empty()) {
            return settings_of(left_);
        }
        const auto what = fmt::format("{}: config {}", where("config"), config);
        const auto sections = sections_of(read_text(config, what), what);
        if (sections.size() > 1) {
            throw ConfigError{fmt::format("{}: holds {}, but only options are of use here",
                                          place_of(what, sections[1].number), title_of(sections[1]))};
        }
        check(sections.front().lines, what, fields);
        return with(settings_of(sections.front().lines), settings_of(left_));
    }

    void refuse_others() const {
        if (!left_.empty()) {
            throw ConfigError{
                fmt::format("{}: unknown key {}", where(left_.front().name), left_.front().name)};
        }
    }
    /// The section, for errors.
    std::string where() const { return place_of(what_, number_); }
    /// The line of a key, or that of the title where it is not given.
    std::string where(const std::string& key) const {
        const auto found = std::ranges::find(all_, key, &IniLine::name);
        return found == all_.end() ? where() : place_of(what_, found->number);
    }

private:
    /// The value as it stands in the file.
    std::optional<std::string> raw(const std::string& key) {
        const auto found = std::ranges::find(left_, key, &IniLine::name);
        if (found == left_.end()) {
            return std::nullopt;
        }
        const auto again =
            std::find_if(found + 1, left_.end(), [&](const auto& line) { return line.name == key; });
        if (again != left_.end()) {
            throw ConfigError{fmt::format("{}: {} is given twice, in lines {} and {}: leave one out", what_,
                                          key, found->number, again->number)};
        }
        auto value = found->value;
        left_.erase(found);
        return value;
    }

    template <class Fields>
    void check(const std::vector<IniLine>& lines, const std::string& what, Fields fields) const {
        Options options{""};
        declare(options, fields);
        if (is_stored_) {
            options.pass_over_removed();
        }
        options.read_lines(lines, what);
    }

    template <class T>
    T number_in(const std::string& key, const std::string& value) const {
        T number{};
        const auto* const end = value.data() + value.size();
        const auto read = std::from_chars(value.data(), end, number);
        if (read.ec != std::errc{} || read.ptr != end) {
            throw ConfigError{fmt::format("{}: {} = {}: expected a number", where(key), key, value)};
        }
        return number;
    }

    bool is_stored_;
    std::string what_;
    std::size_t number_;
    std::vector<IniLine> all_;
    std::vector<IniLine> left_;
};

DataSpec data_of(const Section& section, Keys keys) {
    DataSpec data{.name = section.name, .title = keys.text("title", section.name)};
    data.where = keys.where();
    data.published = keys.text("published");
    data.parts = keys.take(ClipParts{});
    data.is_optional = keys.flag("optional");
    data.leaves_out_each = std::erase(data.parts, Settings::value_type{"leave-out-signer", "each"}) > 0;
    data.settings = keys.options(PretrainOptions{});
    return data;
}

template <class Fields>
Variant variant_of(const Section& section, Keys keys, const Fields& fields) {
    Variant variant{.name = section.name, .title = keys.text("title")};
    variant.settings = keys.options(fields);
    return variant;
}

Variant protocol_of(const Section& section, Keys keys) {
    auto variant = variant_of(section, keys, default_protocol());
    const auto found = std::ranges::find(variant.settings, "protocol", &Settings::value_type::first);
    if (found == variant.settings.end()) {
        throw ConfigError{fmt::format("{}: protocol = linear, knn, ... is missing", keys.where())};
    }
    place_errors(keys.where("protocol"), [&] { protocol_config_of(variant.settings, section.name); });
    found->second = unquoted(found->second);
    return variant;
}

TableSpec table_of_section(const Section& section, Keys keys, const StudySpec& study) {
    TableSpec table{.name = section.name, .title = keys.text("title", section.name)};
    table.note = keys.text("note");
    table.layout = keys.word<TableLayout>("layout", table.layout);
    table.measure = keys.text("measure", table.measure);
    table.protocol = keys.text("protocol");
    table.data = keys.names("data", study.data, "data");
    table.targets = keys.names("targets", study.data, "data");
    table.methods = keys.names("methods", study.methods, "method");
    table.augmentations = keys.names("augmentations", study.augmentations, "augmentation");
    keys.refuse_others();
    place_errors(keys.where("measure"), [&] {
        if (measure_named(table.measure).source == Measure::Source::labels && table.protocol.empty()) {
            throw ConfigError{fmt::format("measure = {} needs a protocol", table.measure)};
        }
    });
    if (!table.protocol.empty()) {
        place_errors(keys.where("protocol"), [&] { named(study.protocols, table.protocol, "protocol"); });
    }
    if (table.data.empty() || table.methods.empty() || table.augmentations.empty()) {
        throw ConfigError{
            fmt::format("{}: data, methods and augmentations must each name one or more", keys.where())};
    }
    return table;
}

EmbeddingFigure embedding_of(Keys& keys, const StudySpec& study) {
    EmbeddingFigure figure;
    figure.data = keys.names("data", study.data, "data");
    figure.methods = keys.names("methods", study.methods, "method");
    figure.augmentation = keys.text("augmentation");
    figure.classes = keys.words("classes");
    if (figure.data.empty() || figure.methods.empty() || figure.augmentation.empty()) {
        throw ConfigError{fmt::format("{}: data, methods and augmentation are needed", keys.where())};
    }
    place_errors(keys.where("augmentation"),
                 [&] { named(study.augmentations, figure.augmentation, "augmentation"); });
    return figure;
}

StripFigure strip_of(Keys& keys) {
    StripFigure figure;
    figure.store = keys.text("store");
    figure.where = keys.where("clips");
    figure.clips = keys.numbers("clips");
    figure.k1 = keys.text("k1", figure.k1);
    figure.k2 = keys.text("k2", figure.k2);
    if (figure.store.empty() || figure.clips.empty()) {
        throw ConfigError{fmt::format("{}: store and clips are needed", keys.where())};
    }
    return figure;
}

SpreadFigure spread_of(Keys& keys, const StudySpec& study) {
    SpreadFigure figure;
    figure.trainings = keys.text("trainings");
    figure.accuracies = keys.text("accuracies");
    if (figure.trainings.empty() || figure.accuracies.empty()) {
        throw ConfigError{fmt::format("{}: trainings and accuracies must each name a table", keys.where())};
    }
    place_errors(keys.where("accuracies"), [&] { named(study.tables, figure.accuracies, "table"); });
    place_errors(keys.where("trainings"), [&] {
        const auto& measure = named(study.tables, figure.trainings, "table").measure;
        if (measure_named(measure).source != Measure::Source::pretraining) {
            throw ConfigError{fmt::format(
                "trainings = {}: expected a table that measures trainings, such as measure = spread_end; it "
                "measures {}",
                figure.trainings, measure)};
        }
    });
    return figure;
}

void add_figure(StudySpec& study, const Section& section, Keys keys) {
    if (section.name == "2") {
        study.figures.strips.push_back(strip_of(keys));
    } else if (section.name == "7") {
        study.figures.embeddings.push_back(embedding_of(keys, study));
    } else if (section.name == "8") {
        study.figures.spreads.push_back(spread_of(keys, study));
    } else {
        throw ConfigError{fmt::format(
            "{}: expected [figure 2], [figure 7] or [figure 8], as the paper numbers them", keys.where())};
    }
    keys.refuse_others();
}

ClaimSpec claim_of(const Section& section, Keys keys, const StudySpec& study) {
    ClaimSpec claim{.name = section.name};
    claim.says = keys.text("says");
    claim.kind = keys.word<ClaimKind>("kind");
    claim.tables = keys.names("tables", study.tables, "table");
    claim.better = keys.words("better");
    claim.worse = keys.words("worse");
    claim.limit = keys.number("limit", claim.limit);
    claim.why = keys.text("why");
    keys.refuse_others();
    if (claim.kind == ClaimKind::own_choice && claim.better.size() != 1) {
        throw ConfigError{
            fmt::format("{}: better must name the one augmentation for all", keys.where("better"))};
    }
    if (claim.kind == ClaimKind::interaction && claim.tables.size() != 2) {
        throw ConfigError{fmt::format("{}: tables must name two", keys.where("tables"))};
    }
    return claim;
}

}  // namespace

std::string study_text(const std::string& path) {
    if (path.empty()) {
        throw ConfigError{fmt::format("{} is required: configs/study/examples.ini explains what one holds",
                                      io::setting("study", "FILE"))};
    }
    return read_text(path, io::setting("study", path));
}

StudySpec parse_study(const std::string& text, const std::string& path, bool is_stored) {
    StudySpec spec;
    const std::pair<std::string, std::function<void(const Section&, Keys)>> kinds[]{
        // each names those before it
        {"",
         [&](const Section&, Keys keys) {
             spec.title = keys.text("title", path);
             spec.runs = keys.count("runs", spec.runs);
             spec.seed = keys.number("seed", spec.seed);
             spec.ranks_per_job = keys.count("ranks-per-job", spec.ranks_per_job);
             keys.refuse_others();
         }},
        {"pretrain", [&](const Section&, Keys keys) { spec.pretrain = keys.options(PretrainOptions{}); }},
        {"data", [&](const Section& s, const Keys& keys) { spec.data.push_back(data_of(s, keys)); }},
        {"method", [&](const Section& s,
                       const Keys& keys) { spec.methods.push_back(variant_of(s, keys, PretrainOptions{})); }},
        {"augmentation",
         [&](const Section& s, const Keys& keys) {
             spec.augmentations.push_back(variant_of(s, keys, PretrainOptions{}));
         }},
        {"protocol",
         [&](const Section& s, const Keys& keys) { spec.protocols.push_back(protocol_of(s, keys)); }},
        {"table",
         [&](const Section& s, const Keys& keys) { spec.tables.push_back(table_of_section(s, keys, spec)); }},
        {"figure", [&](const Section& s, const Keys& keys) { add_figure(spec, s, keys); }},
        {"claim",
         [&](const Section& s, const Keys& keys) { spec.claims.push_back(claim_of(s, keys, spec)); }}};
    auto sections = sections_of(text, io::setting("study", path));
    const auto kind_of = [&](const Section& section) {
        const auto* const kind =
            std::ranges::find(kinds, section.kind, [](const auto& each) { return each.first; });
        if (kind == std::end(kinds)) {
            throw ConfigError{fmt::format(
                "{}, line {}: unknown section [{}]; expected [pretrain], [data NAME], [method NAME], "
                "[augmentation NAME], [protocol NAME], [table NAME], [figure NAME] or [claim NAME]",
                io::setting("study", path), section.number, section.kind)};
        }
        return kind;
    };
    std::ranges::stable_sort(sections, {}, kind_of);
    for (const auto& section : sections) {
        kind_of(section)->second(section, Keys{section, path, is_stored});
    }
    if (spec.tables.empty()) {
        throw ConfigError{
            fmt::format("{}: no [table NAME], so there is nothing to do", io::setting("study", path))};
    }
    return spec;
}

}  // namespace sslslr
