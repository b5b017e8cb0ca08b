// The part of Options that reads values from the command line, files and settings.
#include <algorithm>
#include <cctype>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/errors.hpp"
#include "src/settings/option_names.hpp"
#include "src/settings/options.hpp"

namespace sslslr {
namespace {

namespace po = boost::program_options;

bool is_negative_number(const std::string& text) {
    return text.size() > 1 && text[0] == '-' &&
           (std::isdigit(static_cast<unsigned char>(text[1])) != 0 || text[1] == '.');
}

std::string without_dashes(const std::string& option) {
    return option.substr(std::min(option.find_first_not_of('-'), option.size()));
}

/// Returns whether the program wrote this configuration file: whether it is in the folder of a run or of a
/// boundary study, together with their other files.
bool is_of_this_program(const std::filesystem::path& file) {
    const auto has = [&](const char* name) {
        std::error_code ignored;
        return std::filesystem::exists(file.parent_path() / name, ignored);
    };
    return (file.filename() == "config.ini" && (has("checkpoints") || has("metrics.jsonl"))) ||
           (file.filename() == "plan.ini" && has("plan.json"));
}

}  // namespace

std::string Options::no_option(const std::string& name, const std::string& dashes) const {
    const auto found = removed_.find(name);
    return found != removed_.end()
               ? fmt::format("--{}: {}", name, found->second.advice)
               : fmt::format("unknown option {}{}{}", dashes, name, suggestion_for(name, names(), dashes));
}

std::optional<std::string> Options::refused(const Option& option, const std::vector<std::string>& values) {
    const auto found = std::ranges::find_if(values, [&](const std::string& value) {
        return (option.is_unsigned && is_negative_number(value)) ||
               (!option.words.empty() && std::ranges::count(option.words, value) == 0);
    });
    return found == values.end() ? std::nullopt : std::optional{*found};
}

bool Options::is_harmless(const IniLine& line) const {
    const auto found = removed_.find(line.name);
    return found != removed_.end() &&
           (!found->second.harmless || *found->second.harmless == unquoted(line.value));
}

bool Options::shaped_encoders(const std::string& name) const {
    const auto found = removed_.find(name);
    return found != removed_.end() &&
           (found->second.decided == Decides::clips || found->second.decided == Decides::encoder);
}

std::string Options::expected(const Option& option, const std::string& value) {
    return option.removed && option.removed->word == value ? option.removed->advice
                                                           : "expected " + option.kind;
}

void Options::declare_all() {
    for (const auto& section : sections_) {
        all_.add(*section.options);
    }
    all_.add(hidden_);
}

bool Options::read(std::span<const std::string> arguments) {
    declare_all();
    po::variables_map values;
    store_command_line(arguments, values);
    helps_with_all_ = values.count("help-all") != 0;
    if (helps_with_all_ || values.count("help") != 0) {
        return false;
    }
    GivenOptions of_file;
    std::string what;
    if (values.count("config") != 0) {
        const auto path = values["config"].as<std::string>();
        what = "--config " + path;
        of_file = options_in(read_text(path, what), path, what, /*splits=*/true, /*refuses=*/true);
        drop_overruled(of_file, values);
        store_given(of_file, what, values);
    }
    po::notify(values);
    refuse_useless(values, of_file, what);
    return true;
}

void Options::store_command_line(std::span<const std::string> arguments, po::variables_map& values) const {
    namespace style = po::command_line_style;
    try {
        const auto parsed = po::command_line_parser{with_explicit_values(arguments)}
                                .options(all_)
                                .positional(positional_)
                                .style(style::unix_style & ~style::allow_guessing)  // a typo is an error
                                .run();
        for (const auto& given : parsed.options) {
            const auto* const option = find(given.string_key);
            const auto wrong = option == nullptr ? std::nullopt : refused(*option, given.value);
            if (wrong) {
                throw ConfigError{
                    fmt::format("--{} {}: {}", option->name, *wrong, expected(*option, *wrong))};
            }
        }
        try {
            po::store(parsed, values);
        } catch (const po::validation_error& error) {
            const auto name = without_dashes(error.get_option_name());
            const auto* const option = find(name);
            if (option == nullptr || option->kind.empty()) {
                throw;
            }
            std::vector<std::string> given;
            for (const auto& each : parsed.options) {
                if (each.string_key == name) {
                    given.insert(given.end(), each.value.begin(), each.value.end());
                }
            }
            throw ConfigError{fmt::format("--{} {}: expected {}", name, fmt::join(given, " "), option->kind)};
        }
    } catch (const po::too_many_positional_options_error&) {
        throw ConfigError{fmt::format("{}: expected an option such as --help-all, which lists all of them",
                                      first_stray(arguments))};
    } catch (const po::unknown_option& error) {
        auto name = without_dashes(error.get_option_name());
        name = name.substr(0, name.find('='));
        throw ConfigError{no_option(name, "--") + (removed_.contains(name) ? "" : " (--help-all lists all)")};
    } catch (const po::error& error) {
        throw ConfigError{std::string{error.what()} + " (--help-all lists all options)"};
    }
}

std::string Options::first_stray(std::span<const std::string> arguments) const {
    const Option* taker = nullptr;  // the option whose values follow
    for (const auto& argument : arguments) {
        if (argument.starts_with("--")) {
            const auto* const option = find(argument.substr(2));
            taker = option != nullptr && !option->is_flag ? option : nullptr;
        } else if (taker == nullptr) {
            return argument;
        } else if (!taker->is_list) {
            taker = nullptr;
        }
    }
    return arguments.empty() ? "" : arguments.back();
}

Options::GivenOptions Options::options_in(const std::string& text, const std::string& path,
                                          const std::string& what, bool splits, bool refuses) const {
    GivenOptions given;
    const bool is_own = !refuses || is_of_this_program(path);
    for (const auto& section : parse_ini(text, what)) {
        if (!section.title.empty() && refuses) {
            throw ConfigError{fmt::format(
                "{}, line {}: sections such as [{}] belong in study files: leave the line out, or give the "
                "file to `sslslr study run --study`",
                what, section.number, section.title)};
        }
        for (auto line : section.lines) {
            const auto* const option = find(line.name);
            if (is_own && option != nullptr && option->removed &&
                option->removed->word == unquoted(line.value)) {
                line.value = option->removed->successor;
            }
            if (option != nullptr || hidden_.find_nothrow(line.name, false) != nullptr) {
                add_line(given, line, what, splits);
            } else if ((refuses || shaped_encoders(line.name)) && !passed_over_.contains(line.name) &&
                       !(is_own && is_harmless(line))) {
                throw ConfigError{
                    fmt::format("{}: {}", place_of(what, line.number), no_option(line.name, ""))};
            }
        }
    }
    return given;
}

void Options::add_line(GivenOptions& given, const IniLine& line, const std::string& what, bool splits) const {
    const auto* const option = find(line.name);
    const bool is_list = option != nullptr && option->is_list;
    const auto [at, is_new] = given.try_emplace(line.name, Given{{}, line.number});
    if (!is_new && !is_list) {
        const auto lines =
            line.number == 0 ? "" : fmt::format(", in lines {} and {}", at->second.line, line.number);
        throw ConfigError{fmt::format("{}: {} is given twice{}: leave one out", what, line.name, lines)};
    }
    const auto entries = is_list && splits ? entries_of(line.value, place_of(what, line.number))
                                           : std::vector{unquoted(line.value)};
    at->second.entries.insert(at->second.entries.end(), entries.begin(), entries.end());
}

void Options::drop_overruled(GivenOptions& given, const po::variables_map& command_line) const {
    std::erase_if(given, [&](const auto& of_file) {
        const auto* const option = find(of_file.first);
        if (option == nullptr || option->condition.selector.empty()) {
            return false;
        }
        const auto& [selector, choices] = option->condition;
        const auto& chosen = command_line[selector];
        return !chosen.empty() && !chosen.defaulted() &&
               std::ranges::count(choices, chosen.template as<std::string>()) == 0;
    });
}

void Options::store_given(const GivenOptions& given, const std::string& what,
                          po::variables_map& values) const {
    for (const auto& [name, value] : given) {
        const auto* const option = find(name);
        const auto wrong = [&] {
            const auto entries = fmt::format("{}", fmt::join(value.entries, " "));
            return ConfigError{
                fmt::format("{}: {} = {}: {}", place_of(what, value.line), name, entries,
                            option == nullptr ? "expected another value" : expected(*option, entries))};
        };
        if (value.entries.empty()) {
            continue;  // an empty list
        }
        if (option != nullptr && refused(*option, value.entries)) {
            throw wrong();
        }
        po::parsed_options parsed{&all_};
        parsed.options.emplace_back(name, value.entries);
        try {
            po::store(parsed, values);
        } catch (const po::error&) {
            throw wrong();
        }
    }
}

void Options::read_file(const std::string& path) {
    read_written(read_text(path, path), path);
}

void Options::read_written(const std::string& text, const std::string& path) {
    declare_all();
    po::variables_map values;
    store_given(options_in(text, path, path, /*splits=*/false, /*refuses=*/false), path, values);
    po::store(po::parsed_options{&all_}, values);  // defaults
    po::notify(values);
}

void Options::read_settings(const std::vector<std::pair<std::string, std::string>>& settings,
                            const std::string& where) {
    std::vector<IniLine> lines;
    for (const auto& [name, value] : settings) {
        lines.push_back({name, value});
    }
    read_lines(lines, where);
}

void Options::read_lines(const std::vector<IniLine>& settings, const std::string& where) {
    declare_all();
    GivenOptions given;
    for (const auto& line : settings) {
        if (find(line.name) == nullptr && passed_over_.contains(line.name)) {
            continue;
        }
        if (find(line.name) == nullptr) {
            throw ConfigError{fmt::format("{}: {}", place_of(where, line.number), no_option(line.name, ""))};
        }
        add_line(given, line, where, /*splits=*/true);
    }
    po::variables_map values;
    store_given(given, where, values);
    po::store(po::parsed_options{&all_}, values);  // defaults
    po::notify(values);
}

void Options::refuse_useless(const po::variables_map& values, const GivenOptions& of_file,
                             const std::string& what) const {
    for (const auto& option : options_) {
        const bool is_given = values.count(option.name) != 0 && !values[option.name].defaulted();
        if (!is_given || is_of_use(option)) {
            continue;
        }
        const auto& [selector, choices] = option.condition;
        const auto reason =
            fmt::format("--{} {}, not to {}", selector, fmt::join(choices, ", "), value_of(selector));
        const auto found = of_file.find(option.name);
        throw ConfigError{found == of_file.end()
                              ? fmt::format("--{} belongs to {}: leave it out", option.name, reason)
                              : fmt::format("{}, line {}: {} belongs to {}: leave the line out", what,
                                            found->second.line, option.name, reason)};
    }
}

std::vector<std::string> Options::with_explicit_values(std::span<const std::string> arguments) const {
    std::vector<std::string> written;
    const Option* last = nullptr;  // the option whose value is next
    for (const auto& argument : arguments) {
        const auto* const option = argument.starts_with("--") ? find(argument.substr(2)) : nullptr;
        if (option != nullptr && option->is_flag) {
            written.push_back(argument + "=true");
        } else if (last != nullptr && is_negative_number(argument)) {
            written.back() += "=" + argument;
        } else {
            written.push_back(argument);
        }
        last = option != nullptr && !option->is_flag && !option->is_list ? option : nullptr;
    }
    return written;
}

}  // namespace sslslr
