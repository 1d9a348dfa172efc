"""`make bench`: hoso beside OCRmyPDF and bare Tesseract, on the same pages and in one run.

`sample` chooses the papers, `readers` has them read, `cost` measures what that takes, `report` tells it and `chart`
draws it; `python -m tests.bench --help` tells the options. `profile` shows where hoso's own time goes, `large` how much
memory a submission of many large pages takes, `search` how long staff wait for an answer with a million papers on file
(`search_papers` invents them, `search_filling` writes them).
"""
