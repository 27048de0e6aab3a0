"""Open every layer of a GeoPackage in QGIS and hold its rules and colours against the SLD.

usage: qgis_styles.py FILE.gpkg STYLES_FOLDER   (QT_QPA_PLATFORM=offscreen)
"""
import os
import sqlite3
import sys
import xml.etree.ElementTree as tree

from qgis.core import QgsApplication, QgsRuleBasedRenderer, QgsVectorLayer

SLD = "{http://www.opengis.net/sld}"


def wanted(path):
    """Title, fill and stroke colours of each rule."""
    rules = []
    for rule in tree.parse(path).iter(SLD + "Rule"):
        colours = [p.text.strip().lower() for p in rule.iter(SLD + "CssParameter")
                   if p.get("name") in ("fill", "stroke")]
        rules.append((rule.find(SLD + "Title").text, colours))
    return rules


def shown(layer):
    rules = []
    for rule in layer.renderer().rootRule().children():
        colours = [part.color().name() for part in rule.symbol().symbolLayers()]
        rules.append((rule.label(), colours))
    return rules


def form(layer):
    """Fields that offer values, with how many, and fields that are only to be seen."""
    offered = {}
    for i, field in enumerate(layer.fields()):
        setup = layer.editorWidgetSetup(i)
        if setup.type() == "ValueMap":
            offered[field.name()] = len(setup.config()["map"])
    fixed = [f.name() for i, f in enumerate(layer.fields()) if layer.editFormConfig().readOnly(i)]
    return offered, fixed


def main():
    path, styles = sys.argv[1:]
    application = QgsApplication([], False)
    application.initQgis()
    failed = 0
    names = [row[0] for row in sqlite3.connect(path).execute(
        "SELECT f_table_name FROM layer_styles ORDER BY 1")]
    for name in names:
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        if not layer.isValid() or not isinstance(layer.renderer(), QgsRuleBasedRenderer):
            print(f"{name}: opens without its rules: {layer.renderer()}")
            failed += 1
            continue
        want, got = wanted(os.path.join(styles, name + ".sld")), shown(layer)
        if want != got:
            print(f"{name}: wanted {want}\n{name}: got    {got}")
            failed += 1
        offered, fixed = form(layer)
        if offered:
            print(name, "offers", offered, "fixed", ",".join(fixed))
        for rule in layer.renderer().rootRule().children():
            if rule.filterExpression() and not rule.isElse() and rule.filter().hasParserError():
                print(f"{name}: {rule.filterExpression()}: {rule.filter().parserErrorString()}")
                failed += 1
    print(len(names), "layers")
    sys.stdout.flush()
    os._exit(1 if failed or not names else 0)  # QGIS 3.22 crashes on its way out


main()
