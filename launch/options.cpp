#include "launch/options.hpp"

#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "launch/command.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

namespace po = boost::program_options;

std::string text_of(const std::string& value) {
    return value;
}
std::string text_of(bool value) {
    return value ? "true" : "false";
}
template <class T>
std::string text_of(T value) {
    return fmt::format("{}", value);
}
template <class T>
std::string text_of(const std::vector<T>& values) {
    return fmt::format("{}", fmt::join(values, " "));
}

/// One text a line of an INI file.
template <class T>
std::vector<std::string> lines_of(const T& value) {
    return {text_of(value)};
}
template <class T>
std::vector<std::string> lines_of(const std::vector<T>& values) {
    std::vector<std::string> lines;
    for (const auto& value : values) {
        lines.push_back(text_of(value));
    }
    return lines;
}

template <class T>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;

/// Insertions, deletions and replacements that turn a into b. Source: Levenshtein 1966.
std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

}  // namespace

Options::Options(std::string usage) : usage_{std::move(usage)}, all_{100} {
    section("General");
    sections_.back()->add_options()("help,h", "prints this text")(
        "config", po::value(&config_), "INI file holding any of these options (command line wins)");
}

void Options::section(const std::string& title) {
    section(title, "", {});
}

void Options::section(const std::string& title, const std::string& selector,
                      std::vector<std::string> values) {
    sections_.push_back(std::make_unique<po::options_description>(title, 100));
    condition_ = {selector, std::move(values)};
    is_remembered_ = true;
}

void Options::section_of_this_call(const std::string& title) {
    section(title);
    is_remembered_ = false;
}

template <class T>
void Options::add(const std::string& name, T& field, const std::string& help, bool changeable) {
    auto* value = po::value(&field)->default_value(field, text_of(field));
    if constexpr (std::is_same_v<T, bool>) {
        value->implicit_value(true, "true");
    }
    if constexpr (is_list<T>) {
        value->multitoken();
    }
    sections_.back()->add_options()(name.c_str(), value, help.c_str());
    options_.push_back({name, [&field] { return lines_of(field); }, changeable, std::is_same_v<T, bool>,
                        is_remembered_, condition_});
}

template void Options::add(const std::string&, std::string&, const std::string&, bool);
template void Options::add(const std::string&, bool&, const std::string&, bool);
template void Options::add(const std::string&, int&, const std::string&, bool);
template void Options::add(const std::string&, std::int64_t&, const std::string&, bool);
template void Options::add(const std::string&, std::uint64_t&, const std::string&, bool);
template void Options::add(const std::string&, double&, const std::string&, bool);
template void Options::add(const std::string&, std::vector<std::string>&, const std::string&, bool);
template void Options::add(const std::string&, std::vector<std::int64_t>&, const std::string&, bool);
template void Options::add(const std::string&, std::vector<double>&, const std::string&, bool);

void Options::add_hidden(const std::string& name, std::string& field) {
    hidden_.add_options()(name.c_str(), po::value(&field));
}

void Options::positional(const std::string& name, std::vector<std::string>& field, const std::string& help) {
    add(name, field, help);
    positional_.add(name.c_str(), -1);
}

bool Options::read(std::span<const std::string> arguments) {
    for (const auto& section : sections_) {
        all_.add(*section);
    }
    all_.add(hidden_);
    namespace style = po::command_line_style;
    try {
        po::variables_map values;
        po::store(po::command_line_parser{with_explicit_flags(arguments)}
                      .options(all_)
                      .positional(positional_)
                      .style(style::unix_style & ~style::allow_guessing)  // a typo is an error
                      .run(),
                  values);
        if (values.count("help") != 0) {
            return false;
        }
        if (values.count("config") != 0) {
            const auto path = values["config"].as<std::string>();
            std::ifstream file{path};
            if (!file) {
                throw ConfigError{fmt::format("--config {}: no such file", path)};
            }
            po::store(parsed_file(file), values);
        }
        po::notify(values);
        refuse_useless(values);
    } catch (const po::unknown_option& error) {
        throw ConfigError{
            fmt::format("unknown option --{}; did you mean --{}? (--help lists all)",
                        error.get_option_name().substr(error.get_option_name().find_first_not_of('-')),
                        nearest(error.get_option_name()))};
    } catch (const po::error& error) {
        throw ConfigError{std::string{error.what()} + " (--help lists all options)"};
    }
    return true;
}

po::parsed_options Options::parsed_file(std::ifstream& file) const {
    auto parsed = po::parse_config_file(file, all_, /*allow_unregistered=*/true);
    for (const auto& option : parsed.options) {
        if (option.unregistered && !passed_over_.contains(option.string_key)) {
            throw po::unknown_option{option.string_key};
        }
    }
    return parsed;
}

void Options::read_file(const std::string& path) {
    for (const auto& section : sections_) {
        all_.add(*section);
    }
    std::ifstream file{path};
    if (!file) {
        throw ConfigError{fmt::format("{}: no such file", path)};
    }
    try {
        po::variables_map values;
        po::store(po::parse_config_file(file, all_, /*allow_unregistered=*/true), values);
        po::notify(values);
    } catch (const po::error& error) {
        throw ConfigError{fmt::format("{}: {}", path, error.what())};
    }
}

void Options::read_settings(const std::vector<std::pair<std::string, std::string>>& settings,
                            const std::string& where) {
    for (const auto& section : sections_) {
        all_.add(*section);
    }
    std::stringstream lines;
    for (const auto& [name, value] : settings) {
        if (std::ranges::find(options_, name, &Option::name) == options_.end()) {
            throw ConfigError{
                fmt::format("{}: unknown option {}; did you mean {}?", where, name, nearest(name))};
        }
        lines << name << " = " << value << '\n';
    }
    try {
        po::variables_map values;
        po::store(po::parse_config_file(lines, all_), values);
        po::notify(values);
    } catch (const po::error& error) {
        throw ConfigError{fmt::format("{}: {}", where, error.what())};
    }
}

std::vector<std::string> Options::names() const {
    std::vector<std::string> names;
    std::ranges::transform(options_, std::back_inserter(names), &Option::name);
    return names;
}

std::string Options::help() const {
    std::ostringstream text;
    text << usage_ << '\n';
    for (const auto& section : sections_) {
        text << '\n' << *section;
    }
    return text.str();
}

std::string Options::value_of(const std::string& name) const {
    const auto found = std::ranges::find(options_, name, &Option::name);
    return found == options_.end() ? "" : fmt::format("{}", fmt::join(found->lines(), " "));
}

bool Options::is_of_use(const Option& option) const {
    const auto& [selector, choices] = option.condition;
    return selector.empty() || std::ranges::count(choices, value_of(selector)) > 0;
}

void Options::refuse_useless(const po::variables_map& values) const {
    for (const auto& option : options_) {
        const bool is_given = values.count(option.name) != 0 && !values[option.name].defaulted();
        if (is_given && !is_of_use(option)) {
            const auto& [selector, choices] = option.condition;
            throw ConfigError{fmt::format("--{} belongs to --{} {}; it means nothing with {}: leave it out",
                                          option.name, selector, fmt::join(choices, ", "),
                                          value_of(selector))};
        }
    }
}

std::vector<std::pair<std::string, std::string>> Options::values() const {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& option : options_) {
        if (!is_of_use(option) || !option.is_remembered) {
            continue;
        }
        for (const auto& line : option.lines()) {
            all.emplace_back(option.name, line);
        }
    }
    return all;
}

bool Options::is_changeable(const std::string& name) const {
    const auto found = std::ranges::find(options_, name, &Option::name);
    return found != options_.end() && found->changeable;
}

std::vector<std::string> Options::with_explicit_flags(std::span<const std::string> arguments) const {
    std::vector<std::string> written{arguments.begin(), arguments.end()};
    for (auto& argument : written) {
        if (std::ranges::any_of(options_,
                                [&](const Option& o) { return o.is_flag && argument == "--" + o.name; })) {
            argument += "=true";
        }
    }
    return written;
}

std::string Options::nearest(const std::string& name) const {
    const auto bare = name.substr(std::min(name.find_first_not_of('-'), name.size()));
    return std::ranges::min(options_, {},
                            [&](const Option& option) { return edit_distance(bare, option.name); })
        .name;
}

bool read_or_help(Options& options, Arguments arguments, const Ranks& ranks) {
    const bool is_read = options.read(arguments);
    if (!is_read && ranks.is_first()) {
        fmt::print("{}", options.help());
    }
    return is_read;
}

}  // namespace sslslr
